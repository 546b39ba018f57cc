using System.Text;
using VmSupervisor.Consoles;
using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Http;
using VmSupervisor.Linux;
using VmSupervisor.Qemu.CommandLine;
using VmSupervisor.Supervisor.Tests.Qemu;

namespace VmSupervisor.Supervisor.Tests.Consoles;

public sealed class LogReaderTests : IDisposable
{
    private static readonly VmId Vm = new(7);
    private readonly TempDirectory directory = new();
    private readonly Rotations rotations = new();
    private readonly RunFiles files;

    public LogReaderTests() => files = new(Directory.CreateDirectory(directory["run"]).FullName);

    [Fact]
    public void A_reader_begins_with_the_last_bytes_across_both_files()
    {
        Write("abcdef");
        Rotate();
        Write("ghi");
        using var reader = Begin(history: 5, expected: 5);
        Assert.Equal("efghi", ReadAll(reader));
    }

    [Fact]
    public void A_reader_goes_on_in_the_next_file_without_a_gap()
    {
        Write("abc");
        using var reader = Begin(history: 100, expected: 3);
        Assert.Equal("ab", ReadSome(reader, 2));
        Rotate();
        Write("def");
        Assert.Equal("cdef", ReadAll(reader));
    }

    [Fact]
    public void A_log_that_was_renamed_and_is_not_begun_anew_yet_is_still_the_newest()
    {
        Write("abc");
        using var reader = Begin(history: 100, expected: 3);
        Assert.Equal("abc", ReadAll(reader));
        File.Move(files.SerialLog, files.FormerSerialLog);
        File.AppendAllText(files.FormerSerialLog, "def");
        Assert.Equal("def", ReadAll(reader));
    }

    [Fact]
    public void A_reader_that_was_too_slow_reads_its_file_to_the_end_and_is_told_how_much_it_missed()
    {
        Write("abc");
        using var reader = Begin(history: 100, expected: 3);
        Rotate();
        Write("lost!");
        Rotate();
        Write("lost too");
        Rotate();
        Write("def");
        Rotate();
        Write("ghi");
        var told = new List<ConsoleNews>();
        Assert.Equal("abcdefghi", ReadAll(reader, told));
        Assert.Equal(13, Assert.Single(told, n => n.Kind == ConsoleNewsKind.Lost).Bytes);
    }

    [Fact]
    public void A_reader_that_was_too_slow_for_a_former_supervisor_is_told_that_it_missed_something()
    {
        Write("abc");
        using var reader = new LogReader(Vm, files, new Rotations());
        Assert.True(reader.TryBegin(100, out _));
        Rotate();
        Write("lost");
        Rotate();
        Write("def");
        Rotate();
        Write("ghi");
        var told = new List<ConsoleNews>();
        Assert.Equal("abcdefghi", ReadAll(reader, told));
        Assert.Null(Assert.Single(told, n => n.Kind == ConsoleNewsKind.Lost).Bytes);
    }

    [Fact]
    public void A_log_that_a_person_has_truncated_is_read_on_from_its_begin()
    {
        Write("abcdef");
        using var reader = Begin(history: 100, expected: 6);
        Assert.Equal("abcdef", ReadAll(reader));
        File.WriteAllText(files.SerialLog, "gh");
        var told = new List<ConsoleNews>();
        Assert.Equal("gh", ReadAll(reader, told));
        Assert.Equal(ConsoleNewsKind.Lost, Assert.Single(told).Kind);
    }

    [Fact]
    public void A_place_is_found_again_after_the_log_was_begun_anew()
    {
        Write("abcdef");
        // Else its number would be given again within the same tick of the clock that births are noted with.
        using var held = LogFile.TryOpen(files.SerialLog);
        LogPlace place;
        using (var first = Begin(history: 100, expected: 6))
        {
            Assert.Equal("abc", ReadSome(first, 3));
            Assert.True(LogPlace.TryParse(first.Place.ToString(), out place));
        }

        Rotate();
        Write("ghi");
        using var second = new LogReader(Vm, files, rotations);
        Assert.True(second.TryGoOn(place));
        Assert.Equal("defghi", ReadAll(second));
        Rotate();
        Write("jkl");
        using var third = new LogReader(Vm, files, rotations);
        Assert.False(third.TryGoOn(place));
    }

    public void Dispose() => directory.Dispose();

    private LogReader Begin(long history, long expected)
    {
        var reader = new LogReader(Vm, files, rotations);
        Assert.True(reader.TryBegin(history, out var bytes));
        Assert.Equal(expected, bytes);
        return reader;
    }

    private static string ReadSome(LogReader reader, int count)
    {
        var buffer = new byte[count];
        return Encoding.ASCII.GetString(buffer, 0, reader.Read(buffer, out _));
    }

    private static string ReadAll(LogReader reader, List<ConsoleNews>? told = null)
    {
        var all = new StringBuilder();
        var buffer = new byte[2];
        while (true)
        {
            var count = reader.Read(buffer, out var news);
            if (count == 0 && news is null)
                return all.ToString();
            all.Append(Encoding.ASCII.GetString(buffer, 0, count));
            if (news is not null)
                told?.Add(news);
        }
    }

    private void Write(string text) => File.AppendAllText(files.SerialLog, text);

    private void Rotate()
    {
        File.Move(files.SerialLog, files.FormerSerialLog, overwrite: true);
        var (number, size) = FileNumber.Of(files.FormerSerialLog)!.Value;
        rotations.Add(Vm, number, size);
    }
}
