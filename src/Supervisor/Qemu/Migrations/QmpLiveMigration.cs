using System.Globalization;
using System.Text.Json;
using VmSupervisor.Qemu.Qmp;

namespace VmSupervisor.Qemu.Migrations;

/// <summary>What <c>query-migrate</c> returns, of either end.</summary>
/// <param name="Status">Where it is, also a status that this version does not know; null when there has been none.</param>
/// <param name="Value">All of it.</param>
internal sealed record QmpLiveMigration(string? Status, JsonElement Value)
{
    /// <summary>Whether there has been none.</summary>
    public bool IsNone => Status is null or "none";

    /// <summary>Whether nothing is under way. A status that this version does not know may be.</summary>
    public bool IsOver => IsNone || Status is "completed" or "failed" or "cancelled";

    /// <summary>Whether both sides have some of the guest, so that it cannot be given up.</summary>
    public bool IsPostcopy => Status?.StartsWith("postcopy-", StringComparison.Ordinal) == true;

    /// <summary>Whether it is completed and its figures are there: right at its end 7.2 shows none for a moment.</summary>
    public bool HasFigures => Status == "completed" && Value.TryNumber("total-time", out var total) && total > 0;

    /// <summary>Why it failed; 7.2 does not always say.</summary>
    public string Reason => Value.TryText("error-desc", out var error) ? QmpJson.Excerpt(error, 300) : "QEMU does not say why";

    public MigrationStage.Completed Completed => new(Milliseconds("total-time"), Milliseconds("downtime"), Memory("transferred"));

    public MigrationProgress Progress => new(Memory("transferred"), Memory("remaining"), Memory("total"), Memory("dirty-sync-count"))
    {
        DirtyPagesPerSecond = Memory("dirty-pages-rate"),
        ExpectedDowntime = Milliseconds("expected-downtime"),
        Throttle = Value.TryNumber("cpu-throttle-percentage", out var percent) ? (int)percent : 0,
        BytesPerSecond = Speed(),
    };

    /// <summary>Where a target listens, or did when its source connected; null when it has not been told to.</summary>
    public MigrationAddress? Listens
    {
        get
        {
            if (!Value.TryField("socket-address", out var all) || all.ValueKind != JsonValueKind.Array)
                return null;
            foreach (var one in all.EnumerateArray())
            {
                if (one.TryText("path", out var path))
                    return new MigrationAddress.Unix(path);
                if (one.TryText("host", out var host) && one.TryText("port", out var text) && int.TryParse(text, CultureInfo.InvariantCulture, out var port))
                    return new MigrationAddress.Tcp(host, port);
            }

            return null;
        }
    }

    public static QmpLiveMigration? Read(JsonElement value) => value.ValueKind == JsonValueKind.Object
        ? new(value.TryText("status", out var status) ? status : null, value)
        : null;

    private long Memory(string name) => Value.TryField("ram", out var memory) && memory.TryNumber(name, out var number) ? number : 0;

    private TimeSpan Milliseconds(string name) => Value.TryNumber(name, out var number) ? TimeSpan.FromMilliseconds(number) : TimeSpan.Zero;

    /// <summary>QEMU counts in millions of bits.</summary>
    private long Speed() =>
        Value.TryField("ram", out var memory) && memory.TryField("mbps", out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var mbps)
        && mbps is >= 0 and < 1e9
            ? (long)(mbps * 125_000)
            : 0;
}
