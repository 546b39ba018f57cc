using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Commands;
using VmSupervisor.Scenarios.Tests.Text;

namespace VmSupervisor.Scenarios.Tests;

public sealed class ReaderTests
{
    [Fact]
    public void Every_fault_is_named_by_file_and_line()
    {
        var faults = Assert.Throws<ScenarioException>(() => Read(
            """
            vm 7 { }
            real
            set hooks.timeot 2s
            vm 104 {
              memory = 1 KiB
            }
            start 104 --pausd
            when 104 is runing: stop 104
            when 104 is running stop 104
            gest 104 powers-off
            launch fails "no reason
            qemu 104 cannot-die
            shutdown 104 --timeout 5
            """)).Faults;

        string[] expected =
        [
            "x.scenario:3: found 'hooks.timeot', allowed: hooks.timeout, ",
            "x.scenario:5:12: vm.memory: ",
            "x.scenario:7: found '--pausd', allowed: --paused, --discard-saved, as NAME",
            "x.scenario:8: found 'runing', allowed: starting, running, stopping, cleaned-up, undefined",
            "x.scenario:9: found 'when' without a colon, allowed: ",
            "x.scenario:10: found 'gest 104 powers-off', allowed: ",
            "x.scenario:11: found a quote that is not closed",
            "x.scenario:13: found '5', allowed: a number and a unit",
            "x.scenario:12: found 'qemu 104 cannot-die', which cannot be done to real QEMU; ",
            "x.scenario:1: found no title, allowed: ",
        ];
        Assert.True(expected.Length == faults.Count, string.Join('\n', faults));
        Assert.All(expected.Zip(faults), pair => Assert.StartsWith(pair.First, pair.Second));
    }

    [Fact]
    public void A_definition_that_does_not_end_is_named_where_it_begins() => Assert.Equal(
        ["x.scenario:2: found no end of the definition, allowed: a line that is one '}'"],
        Assert.Throws<ScenarioException>(() => Read("# title\nvm 104 {\n  memory = 4 MiB\nstart 104\n")).Faults);

    [Fact]
    public void Several_outcomes_need_the_mark_that_allows_them()
    {
        const string text = "# title\nvm 1 { }\n\nexpect\none\nor\nanother\n";
        Assert.Contains("any-order", Assert.Throws<ScenarioException>(() => Read(text)).Message);
        Assert.Equal(["one", "another"], Read(text.Replace("vm", "any-order\nvm")).Outcomes);
    }

    [Fact]
    public void A_line_has_a_moment_and_an_act_or_one_of_them()
    {
        var lines = Read(
            """
            # title
            vm 7 { memory = 4 MiB }
            start 7 --paused as mine
            when 7/2 journals stop-advanced phase=clean within 1s: shutdown 7 --timeout 5s --keep-active
            after 2s:
            """).Lines;

        Assert.Equal([2, 3, 4, 5], lines.Select(l => l.Number));
        Assert.Equal(new Act.Command(new VmId(7), new VmCommand.Start(true), OperationId.Parse("mine")), lines[1].Act);
        var when = Assert.IsType<Moment.When>(lines[2].Moment);
        Assert.Equal(TimeSpan.FromSeconds(1), when.Within);
        var journals = Assert.IsType<Condition.Journals>(when.Condition);
        Assert.Equal((new VmId(7), 2L, "stop-advanced", "clean"), (journals.Vm, journals.Incarnation, journals.Type, journals.Data["phase"]));
        Assert.Equal(new VmCommand.Shutdown(TimeSpan.FromSeconds(5), null, true), Assert.IsType<Act.Command>(lines[2].Act).Wish);
        Assert.Equal((new Moment.After(TimeSpan.FromSeconds(2)), null), (lines[3].Moment, lines[3].Act));
    }

    [Theory]
    [InlineData("""one "two three" four="5 6" """, new[] { "one", "two three", "four=5 6" })]
    [InlineData("""a "b\"c" "" d""", new[] { "a", "b\"c", "", "d" })]
    public void Words_in_quotes_are_one(string line, string[] words)
    {
        Assert.Equal(words, Words.Split(line));
        Assert.Equal(words, Words.Split(string.Join(' ', words.Select(Words.Quote))));
    }

    [Fact]
    public void A_backup_has_a_directory_and_its_options() => Assert.Equal(
        [new VmCommand.Backup("copies", BackupMode.Stop, BytesPerSecond: 1 << 20), new VmCommand.Backup("more")],
        Read("# title\nvm 7 { }\nbackup 7 copies --mode stop --bandwidth 1MiB\nbackup 7 more\n").Lines.Select(l => l.Act).OfType<Act.Command>().Select(c => c.Wish));

    [Fact]
    public void Faults_of_backups_and_journals_are_named_too() => Assert.Equal(
        [
            "x.scenario:3: found no directory, allowed: backup VM DIRECTORY",
            "x.scenario:4: found 'halt', allowed: snapshot, suspend, stop",
            "x.scenario:5: found 'is-ful', allowed: is-full, has-room, loses-next, leaves-next-unanswered, hangs, goes-on",
            "x.scenario:6: found 'done', allowed: unfinished, complete",
        ],
        Assert.Throws<ScenarioException>(() => Read(
            "# title\nvm 7 { }\nbackup 7\nbackup 7 copies --mode halt\njournal is-ful\nwhen file copies/disk0.qcow2 is done: stop 7\n")).Faults);

    private static Scenario Read(string text) => ScenarioReader.Read("/somewhere/x.scenario", text);
}
