using System.Globalization;

namespace VmSupervisor.Chaos.Observer;

/// <summary>A line that a hook or a volume's script has written.</summary>
/// <param name="At">Seconds since the host's boot.</param>
/// <param name="Vm">The VM.</param>
/// <param name="Word"><c>begin</c>, or how it ended.</param>
/// <param name="Pid">The script's process.</param>
internal abstract record Note(double At, int Vm, string Word, int Pid)
{
    public static Note? Parse(string line) => line.Split(' ') switch
    {
        [var at, "hook", var vm, var life, var phase, var word, var pid, var alive, var directories, _] => new HookNote(
            double.Parse(at, CultureInfo.InvariantCulture), Int(vm), long.Parse(life, CultureInfo.InvariantCulture), phase, word, Int(pid), Int(alive), Int(directories)),
        [var at, "volume", var vm, var name, var action, var word, var pid, var alive] => new VolumeNote(
            double.Parse(at, CultureInfo.InvariantCulture), Int(vm), name, action, word, Int(pid), Int(alive)),
        _ => null,
    };

    private static int Int(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}

/// <param name="At">Seconds since the host's boot.</param>
/// <param name="Vm">The VM.</param>
/// <param name="Life">The incarnation it was called for.</param>
/// <param name="Phase"><c>pre-start</c> …</param>
/// <param name="Word"><c>begin</c>, <c>saw</c> (what it saw), <c>end</c>, <c>failed</c>.</param>
/// <param name="Pid">The hook's process.</param>
/// <param name="Alive">How many QEMUs of the VM the hook itself saw, where it looked.</param>
/// <param name="Directories">How many run directories of the VM it saw.</param>
internal sealed record HookNote(double At, int Vm, long Life, string Phase, string Word, int Pid, int Alive, int Directories)
    : Note(At, Vm, Word, Pid);

/// <param name="At">Seconds since the host's boot.</param>
/// <param name="Vm">The VM.</param>
/// <param name="Volume">The volume's name.</param>
/// <param name="Action"><c>activate</c> or <c>deactivate</c>.</param>
/// <param name="Word"><c>begin</c>, <c>ok</c>, <c>failed</c>.</param>
/// <param name="Pid">The script's process.</param>
/// <param name="Alive">How many QEMUs the script itself saw that use the volume.</param>
internal sealed record VolumeNote(double At, int Vm, string Volume, string Action, string Word, int Pid, int Alive)
    : Note(At, Vm, Word, Pid);
