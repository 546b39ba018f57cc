using VmSupervisor.Chaos.Observer;

namespace VmSupervisor.Chaos.Tests;

/// <summary>An observer that finds nothing proves nothing: each of its rules, broken.</summary>
public sealed class ObserverTests
{
    private readonly Violations violations = new(TextWriter.Null);
    private readonly HashSet<int> living = [];

    [Fact]
    public void A_life_whose_first_hook_was_killed_before_its_first_word_is_well() => AssertHooks(null, "1 post-stop begin 12", "1 post-stop end 12");

    [Fact]
    public void A_life_with_all_its_hooks_in_order_is_well() => AssertHooks(
        null, "1 pre-start begin 10", "1 pre-start end 10", "1 post-start begin 11", "1 post-start end 11", "1 post-stop begin 12", "1 post-stop end 12",
        "2 pre-start begin 13", "2 pre-start end 13", "2 post-stop begin 14");

    [Theory]
    [InlineData("began after pre-start", "1 pre-start begin 10", "1 pre-start end 10", "1 pre-start begin 11")]
    [InlineData("began after pre-stop", "1 pre-start begin 10", "1 pre-start end 10", "1 pre-stop begin 11", "1 pre-stop end 11", "1 post-start begin 12")]
    [InlineData("had no post-stop before vm 1 life 2", "1 pre-start begin 10", "1 pre-start end 10", "2 pre-start begin 11")]
    [InlineData("had no post-stop before the end", "1 pre-start begin 10", "1 pre-start end 10")]
    [InlineData("began in the life 2", "1 pre-start begin 10", "1 pre-start end 10", "1 post-stop begin 11", "1 post-stop end 11", "2 pre-start begin 12", "1 post-stop begin 13")]
    [InlineData("is the first hook of its life", "1 pre-stop begin 10")]
    [InlineData("ended and was not the one that ran", "1 pre-start begin 10", "1 pre-start end 11", "1 post-stop begin 12")]
    [InlineData("while pre-start (process 99) was running", "1 pre-start begin 99", "1 post-stop begin 12")]
    [InlineData("while 1 QEMU of the VM lived", "1 pre-start begin 10", "1 pre-start end 10", "1 post-stop begin 11", "1 post-stop saw 11 1")]
    public void Hooks_out_of_balance_are_found(string complaint, params string[] notes) => AssertHooks(complaint, notes);

    [Theory]
    [InlineData(null, "a activate begin 1", "a activate ok 1", "b activate begin 2", "b activate ok 2", "b deactivate begin 3", "b deactivate failed 3", "a deactivate begin 4", "a deactivate ok 4", "b deactivate begin 5", "b deactivate ok 5", "start")]
    [InlineData(null, "a activate begin 1", "a activate ok 1", "b activate begin 2", "b activate ok 2", "start")]
    [InlineData("came after that of a", "a activate begin 1", "a activate ok 1", "b activate begin 2", "b activate ok 2", "a deactivate begin 3", "a deactivate ok 3", "b deactivate begin 4")]
    [InlineData("while 1 QEMU used it", "a activate begin 1", "a activate ok 1", "a deactivate begin 2 1")]
    [InlineData("and b had not", "a activate begin 1", "a activate ok 1", "b activate begin 2", "b activate ok 2", "a deactivate begin 3", "a deactivate ok 3", "start")]
    [InlineData("while deactivate (process 99) was running", "a activate begin 1", "a activate ok 1", "a deactivate begin 99", "a activate begin 3")]
    [InlineData("while deactivate of a (process 99) was running", "a activate begin 1", "a activate ok 1", "a deactivate begin 99", "start")]
    public void Volumes_that_are_given_back_wrongly_are_found(string? complaint, params string[] notes)
    {
        living.Add(99);
        var rules = new VolumeRules(violations, (pid, _) => living.Contains(pid));
        foreach (var note in notes)
        {
            if (note == "start")
                rules.SeeStart(new HookNote(0, 1, 2, "pre-start", "begin", 50, 0, 0));
            else
                rules.See(Assert.IsType<VolumeNote>(Note.Parse($"1.0 volume 1 {note}{(note.Split(' ').Length == 4 ? " 0" : "")}")));
        }

        AssertFound(complaint);
    }

    private void AssertHooks(string? complaint, params string[] notes)
    {
        living.Add(99);
        var rules = new HookRules(violations, (pid, _) => living.Contains(pid));
        foreach (var note in notes)
            rules.See(Assert.IsType<HookNote>(Note.Parse($"1.0 hook 1 {note}{(note.Split(' ').Length == 4 ? " 0" : "")} 0 -")));
        rules.AtTheEnd();
        AssertFound(complaint);
    }

    private void AssertFound(string? complaint)
    {
        if (complaint is null)
            Assert.Empty(violations.Told);
        else
            Assert.Contains(violations.Told, told => told.Contains(complaint));
    }
}
