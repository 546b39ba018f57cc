using VmSupervisor.Qemu;

namespace VmSupervisor.Supervisor.Tests.Qemu;

public sealed class QemuWordsTests
{
    [Theory]
    [InlineData("qemu-system-x86_64: -m 1X: Parameter 'size' expects a size\nmore", "-m 1X: Parameter 'size' expects a size")]
    [InlineData("qemu-system-x86_64: warning: TCG doesn't support it\n\nqemu-system-x86_64: no", "no")]
    [InlineData("qemu-system-x86_64: -blockdev {\"a\":{\"b\":\"}: \"}}: Could not open 'x': No such file", "Could not open 'x': No such file")]
    [InlineData("sh: 1: not found", "sh: 1: not found")]
    [InlineData("a\tb\u0007c", "a b c")]
    [InlineData("qemu: warning: only that\n", null)]
    [InlineData("", null)]
    public void The_first_useful_line_without_decoration(string text, string? expected) => Assert.Equal(expected, QemuWords.Of(text));

    [Fact]
    public void A_long_line_is_cut() => Assert.Equal(301, QemuWords.Of(new string('x', 5000))!.Length);
}
