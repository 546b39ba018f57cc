using System.Globalization;
using System.Text;

namespace VmSupervisor.EndToEnd.Tests.Support;

/// <summary>The serial port of a guest's one life: what it has written, and what is typed there.</summary>
internal sealed class Serial(World world, int vm, long incarnation)
{
    public string Text()
    {
        var path = world.FileOf(vm, incarnation, "serial.log");
        return File.Exists(path) ? File.ReadAllText(path) : "";
    }

    public Task SeesAsync(string text) =>
        Eventually.TrueAsync($"'{text}' on the serial port of vm {vm} incarnation {incarnation}", () => Text().Contains(text));

    /// <summary>The numbers of the guest's heartbeats so far, of whole lines only.</summary>
    public IReadOnlyList<int> Beats()
    {
        var text = Text();
        return
        [
            .. text[..(text.LastIndexOf('\n') + 1)].Split('\n')
                .Where(line => line.StartsWith("HB ", StringComparison.Ordinal))
                .Select(line => int.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture)),
        ];
    }

    /// <summary>Waits until the guest has beaten some times more.</summary>
    public async Task BeatsOnAsync(int more = 5)
    {
        var before = Beats().LastOrDefault();
        await Eventually.TrueAsync(
            $"vm {vm} beats on after {before}", () => Beats() is [.., var last] && last >= before + more);
    }

    /// <summary>A guest that was stopped, restarted or written to twice would have lost or repeated a number.</summary>
    public void AssertNoBeatIsMissing()
    {
        var beats = Beats();
        Assert.NotEmpty(beats);
        Assert.Equal(Enumerable.Range(1, beats.Count), beats);
    }

    public void Type(string line)
    {
        using var input = new FileStream(world.FileOf(vm, incarnation, "serial.in"), FileMode.Open, FileAccess.Write);
        input.Write(Encoding.ASCII.GetBytes(line + "\n"));
    }
}
