using VmSupervisor.Hocon;

namespace VmSupervisor.Daemon.Configuration;

/// <summary>Sections about the lives of VMs: <c>vmsup.qemu</c>, <c>vmsup.cgroup</c>, <c>vmsup.hooks</c>, <c>vmsup.stop</c> and <c>vmsup.restart</c>.</summary>
internal static class LifeSections
{
    public static QemuOptions ReadQemu(HoconReader vmsup)
    {
        var qemu = Checked.Section(vmsup, "qemu", "executable", "launch-timeout", "serial-log-size", "sandbox");
        var executable = qemu.String("executable") ?? "";
        if (executable.Length == 0 || (executable.Contains('/') && executable[0] != '/'))
            qemu.Fault("executable", $"found \"{executable}\"; allowed is an absolute path, or a name that is looked up in PATH");
        var serialLog = qemu.Size("serial-log-size", min: 4096) ?? 4096;
        return new QemuOptions(executable, Checked.Duration(qemu, "launch-timeout"), serialLog, qemu.Boolean("sandbox") ?? false);
    }

    public static CgroupOptions ReadCgroup(HoconReader vmsup)
    {
        var cgroup = Checked.Section(vmsup, "cgroup", "parent");
        var parent = Checked.AbsolutePath(cgroup, "parent", "auto");
        if (parent?.Split('/').Contains("..") == true)
            cgroup.Fault("parent", $"found \"{parent}\"; allowed is a path from the hierarchy's root on, without .., such as /machine.slice");
        return new CgroupOptions(parent);
    }

    public static HookOptions ReadHooks(HoconReader vmsup)
    {
        var hooks = Checked.Section(vmsup, "hooks", "timeout", "pre-stop-forced-timeout");
        return new HookOptions(Checked.Duration(hooks, "timeout"), Checked.Duration(hooks, "pre-stop-forced-timeout"));
    }

    public static StopOptions ReadStop(HoconReader vmsup)
    {
        var stop = Checked.Section(vmsup, "stop", "forced-quit-timeout", "quit-timeout", "exit-warning");
        return new StopOptions(
            Checked.Duration(stop, "forced-quit-timeout"), Checked.Duration(stop, "quit-timeout"), Checked.Duration(stop, "exit-warning"));
    }

    public static RestartOptions ReadRestart(HoconReader vmsup)
    {
        var restart = Checked.Section(vmsup, "restart", "first-delay", "longest-delay", "limit", "window", "good-after");
        return new RestartOptions(
            Checked.Duration(restart, "first-delay"), Checked.Duration(restart, "longest-delay"), Checked.Int(restart, "limit", 1, 1000),
            Checked.Duration(restart, "window"), Checked.Duration(restart, "good-after"));
    }
}
