using System.Threading.Channels;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using VmSupervisor.Actors.Persistence.Batching;
using VmSupervisor.AspNetCore.Access;
using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Views;
using VmSupervisor.Supervisor.AspNetCore.Tests.Support;
using VmSupervisor.Vms.Journal;

namespace VmSupervisor.Supervisor.AspNetCore.Tests.Access;

/// <summary>What is written down of who was refused and who has changed the node.</summary>
public sealed class AuditTests
{
    private readonly WrittenTrail _trail = new();

    [Fact]
    public async Task A_refusal_is_in_the_history_of_its_vm_with_who_and_from_where()
    {
        await using var host = await HostAsync();
        using var viewer = host.NewClient(token: host.NewToken(Role.Viewer));

        await viewer.PostAsync("/v1/vms/web-1/stop", null);

        var (vm, type, by, what) = await _trail.NextAsync();
        Assert.Equal((new VmId(104), "refused", "POST /v1/vms/web-1/stop: not allowed: it needs the role operator, yours is viewer"), (vm, type, what));
        Assert.Matches(@"^token t0 from 127\.0\.0\.1:\d+$", by);
    }

    [Fact]
    public async Task A_refusal_about_no_known_vm_is_in_the_history_of_the_node()
    {
        await using var host = await HostAsync();
        using var nobody = host.NewClient(token: "vmsup_0123456789abcdef_" + new string('7', 64));

        await nobody.PostAsync("/v1/vms/999/stop?a=b", null);

        var (vm, type, by, what) = await _trail.NextAsync();
        Assert.Equal((null, "refused", "POST /v1/vms/999/stop: not allowed: the token does not count: it is unknown or was revoked"), (vm, type, what));
        Assert.StartsWith("somebody from 127.0.0.1:", by);
    }

    [Fact]
    public async Task A_certificate_of_another_ca_is_written_down_too()
    {
        await using var host = await HostAsync();
        using var other = new TestAuthority();
        using var client = host.NewClient(other.Issue("web"));

        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync("/v1/vms"));

        var (vm, type, by, what) = await _trail.NextAsync();
        Assert.Equal((null, "refused"), (vm, type));
        Assert.StartsWith("somebody from 127.0.0.1:", by);
        Assert.Contains("a connection to the clients' address: the certificate of 'web' is not signed by this cluster's CA", what);
    }

    [Fact]
    public async Task Tokens_that_are_made_and_revoked_are_written_down_without_their_secrets()
    {
        await using var host = await HostAsync();

        var secret = (await host.Inner.SendAsync("POST", "/v1/tokens", """{"name":"ci","role":"operator","vms":[104]}""")).Body.GetProperty("secret").GetString()!;
        await host.Inner.SendAsync("DELETE", "/v1/tokens/ci");

        var (made, revoked) = (await _trail.NextAsync(), await _trail.NextAsync());
        Assert.Equal((null, "token-created"), (made.Vm, made.Type));
        Assert.StartsWith($"token ci ({secret.Split('_')[1]}), operator of vm 104 only, until ", made.What);
        Assert.Equal((null, "token-revoked", $"token ci ({secret.Split('_')[1]})"), (revoked.Vm, revoked.Type, revoked.What));
        Assert.StartsWith("uid ", made.By);
        Assert.DoesNotContain(secret.Split('_')[2], made.What + revoked.What);
    }

    [Fact]
    public async Task What_a_stranger_sends_looks_like_no_line_of_ours()
    {
        await using var host = await HostAsync();
        using var nobody = host.NewClient();

        await nobody.GetAsync("/v1/vms/x%0A2026-01-01%20root%1b[2J%e2%80%a8" + new string('a', 2000));

        var what = (await _trail.NextAsync()).What;
        Assert.DoesNotContain(what, c => char.IsControl(c) || c == '\u2028');
        Assert.InRange(what.Length, 500, 700);
    }

    [Fact]
    public async Task Who_is_refused_all_the_time_does_not_fill_the_history_and_what_was_left_out_is_counted()
    {
        var time = new SteppedTime();
        var notes = new RefusalNotes(new FakeSupervisor(), _trail, time, NullLogger<RefusalNotes>.Instance);

        for (var i = 0; i < 100; i++)
            notes.Add("somebody", "key", null, "GET /", "no");
        notes.Add("another", "other", null, "GET /", "no");
        time.Advance(TimeSpan.FromSeconds(10));
        notes.Add("somebody", "key", null, "GET /", "no");

        var written = new List<(VmId? Vm, string Type, string By, string What)>();
        for (var i = 0; i < 22; i++)
            written.Add(await _trail.NextAsync());
        Assert.Equal(21, written.Count(note => note.By == "somebody"));
        Assert.Equal("GET /: no (80 more of this caller were not written down)", written[^1].What);
        Assert.False(_trail.HasMore);
    }

    [Fact]
    public async Task A_journal_that_cannot_be_written_changes_no_answer()
    {
        _trail.Broken = true;
        await using var host = await HostAsync();
        using var nobody = host.NewClient();

        Assert.Equal(401, (int)(await nobody.GetAsync("/v1/vms")).StatusCode);
        Assert.Equal(201, (await host.Inner.SendAsync("POST", "/v1/tokens", """{"name":"ci","role":"viewer"}""")).Status);
    }

    private async Task<ClientHost> HostAsync()
    {
        var host = await ClientHost.StartAsync(add: services => services.AddSingleton<IAuditTrail>(_trail));
        host.Supervisor.Show(FakeSupervisor.View(104, "web-1", "Running"));
        return host;
    }

    private sealed class WrittenTrail : IAuditTrail
    {
        private readonly Channel<(VmId? Vm, string Type, string By, string What)> _written = Channel.CreateUnbounded<(VmId?, string, string, string)>();

        public bool Broken { get; set; }

        public bool HasMore => _written.Reader.TryPeek(out _);

        public ValueTask<(VmId? Vm, string Type, string By, string What)> NextAsync() => _written.Reader.ReadAsync(TestContext.Current.CancellationToken);

        public Task AddAsync(VmId? vm, string type, string by, string what, CancellationToken cancellationToken = default)
        {
            if (Broken)
                throw new JournalException("the disk is full");
            _written.Writer.TryWrite((vm, type, by, what));
            return Task.CompletedTask;
        }

        public Task<IReadOnlyList<HistoryEntry>> OfNodeAsync(CancellationToken cancellationToken = default) => Task.FromResult<IReadOnlyList<HistoryEntry>>([]);
    }
}
