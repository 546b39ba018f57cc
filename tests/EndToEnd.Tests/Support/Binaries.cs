using System.Reflection;

namespace VmSupervisor.EndToEnd.Tests.Support;

/// <summary>Where the build has left what these tests run.</summary>
internal static class Binaries
{
    public static string Daemon { get; } = Built("Supervisor.Daemon", "vmsupd");

    public static string Cli { get; } = Built("Supervisor.Cli", "vmsup");

    public static string Hook { get; } = InRepository("tests/EndToEnd.Tests/hooks/record");

    /// <summary>Volumes that are links beside it.</summary>
    public static string VolumeScript { get; } = InRepository("tests/EndToEnd.Tests/hooks/volume");

    public static string NanoBios { get; } = InRepository("tests/guests/nano/nano.rom");

    public static string NanoKernel { get; } = InRepository("tests/guests/nano/nano.bin");

    /// <summary>Of the Linux guest, which <c>make guest</c> builds.</summary>
    public static string Linux(string file)
    {
        var path = InRepository($"artifacts/guest/{file}");
        Assert.True(File.Exists(path), $"{path} is missing: make guest");
        return path;
    }

    /// <summary>A program that stands in for QEMU.</summary>
    public static string Fake(string name) => InRepository($"tests/guests/fakes/{name}");

    /// <summary>What is shipped, where <c>scripts/test</c> says that it has just been built: it takes a fifth less of the processors.</summary>
    private static string Built(string project, string program) =>
        Environment.GetEnvironmentVariable("VMSUP_TEST_BINARIES") is { Length: > 0 } published
            ? InRepository(Path.Combine(published, program, program))
            : InRepository(Path.Combine("src", project, Metadata("BinaryDirectory"), program));

    private static string InRepository(string path) => Path.GetFullPath(path, Metadata("RepositoryRoot"));

    private static string Metadata(string key) => typeof(Binaries).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().Single(m => m.Key == key).Value!;
}
