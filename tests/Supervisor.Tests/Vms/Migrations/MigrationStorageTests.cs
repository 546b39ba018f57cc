using VmSupervisor.Contracts.Commands;
using VmSupervisor.Contracts.Views;
using VmSupervisor.TestKit;

namespace VmSupervisor.Supervisor.Tests.Vms.Migrations;

/// <summary>What becomes of a VM's disks when it moves, in virtual time.</summary>
public sealed class MigrationStorageTests
{
    private const string Image = "/images/7.qcow2";

    private static readonly VmCommand.Migrate WithStorage = new("b", Storage: MigrationStorage.Move);

    public static TheoryData<string, bool> Moments
    {
        get
        {
            var moments = new TheoryData<string, bool>();
            foreach (var moment in new[] { "receive-accepted", "listen-began", "migration-committed", "verdict-reached" })
            {
                moments.Add(moment, true);
                moments.Add(moment, false);
            }

            return moments;
        }
    }

    [Fact]
    public void Disks_that_are_others_there_are_found_out_before_anything_begins()
    {
        var pair = new SimulatedPair(apart: true);
        pair.B.Images.Add(Image);
        var failed = pair.Migrate();
        Assert.Equal(OperationStatus.Failed, failed.Status);
        Assert.Contains($"{Image} is another image there", failed.Problem!.Detail, StringComparison.Ordinal);
        Assert.Empty(pair.B.Hypervisor.Processes);
        Assert.Empty(pair.A.SharedStorage.Nonces);
        Assert.Equal(OperationStatus.Succeeded, pair.Migrate(new VmCommand.Migrate("b", Storage: MigrationStorage.Shared)).Status);
    }

    [Fact]
    public void What_cannot_be_told_is_not_believed()
    {
        var pair = new SimulatedPair();
        pair.A.SharedStorage.Unknown = "it is a device";
        var failed = pair.Migrate();
        Assert.Contains("cannot be told (it is a device); --shared says that it is", failed.Problem!.Detail, StringComparison.Ordinal);
        Assert.Equal(1, pair.Running);
    }

    [Fact]
    public void They_go_along_and_the_images_at_the_source_go()
    {
        var pair = new SimulatedPair(apart: true);
        Assert.Equal(OperationStatus.Succeeded, pair.Migrate(WithStorage).Status);
        pair.AssertRunsOnlyOn(pair.B);
        Assert.True(pair.A.Mirrors.HasAll(pair.B.Hypervisor.Of(pair.Vm)));
        Assert.Equal([(Image, null)], pair.B.Images.All);
        Assert.Empty(pair.A.Images.All);

        // They are the VM's own there, whatever becomes of it.
        pair.B.Do(pair.Vm, new VmCommand.Stop());
        Assert.Equal([(Image, null)], pair.B.Images.All);
    }

    [Fact]
    public void They_stay_at_the_source_when_that_is_asked_for_and_may_have_other_paths()
    {
        var pair = new SimulatedPair(apart: true);
        Assert.Equal(OperationStatus.Succeeded, pair.Migrate(WithStorage with { KeepSource = true, Disks = [new(Image, "/pool/7.qcow2")] }).Status);
        pair.AssertRunsOnlyOn(pair.B);
        Assert.Equal([("/pool/7.qcow2", null)], pair.B.Images.All);
        Assert.Equal([(Image, null)], pair.A.Images.All);
        Assert.Equal("/pool/7.qcow2", Assert.Single(pair.B.View(pair.Vm).Volumes).Path);
    }

    [Fact]
    public void One_that_is_there_already_is_in_the_way()
    {
        var pair = new SimulatedPair(apart: true);
        pair.B.Images.Add(Image);
        var failed = pair.Migrate(WithStorage);
        Assert.Contains($"{Image} exists", failed.Problem!.Detail, StringComparison.Ordinal);
        Assert.Equal([(Image, null)], pair.B.Images.All);
        pair.AssertRunsOnlyOn(pair.A);
    }

    [Fact]
    public void A_cancel_in_the_copy_leaves_nothing_at_the_target()
    {
        var pair = new SimulatedPair(apart: true);
        pair.A.Mirrors.Takes = TimeSpan.FromHours(1);
        var migrating = pair.MigrateUntil(pair.A, "migration-prepared", WithStorage);
        pair.Dispatcher.RunFor(TimeSpan.FromSeconds(5));
        Assert.True(pair.A.Mirrors.HasJobs(pair.A.Hypervisor.Of(pair.Vm)));
        pair.A.Do(pair.Vm, new VmCommand.Cancel(Contracts.OperationId.Parse("move")));
        pair.AssertRunsOnlyOn(pair.A);
        Assert.False(pair.A.Mirrors.HasJobs(pair.A.Hypervisor.Of(pair.Vm)));
        Assert.Empty(pair.B.Images.All);
        Assert.Equal([(Image, null)], pair.A.Images.All);
    }

    [Theory, MemberData(nameof(Moments))]
    public void Whoever_dies_the_running_copy_has_its_disks_and_no_session_has_any(string moment, bool isSource)
    {
        for (var seed = 1; seed <= 3; seed++)
        {
            var pair = new SimulatedPair(seed * 100, apart: true);
            _ = pair.MigrateUntil(pair.B, moment, WithStorage);
            var victim = isSource ? pair.A : pair.B;
            victim.Abandon();
            pair.Dispatcher.RunFor(TimeSpan.FromSeconds(4));
            victim.Begin();
            pair.Dispatcher.RunFor(TimeSpan.FromMinutes(2));
            var home = pair.A.Supervisor.Find("7") is null or { Home: not null } ? pair.B : pair.A;
            pair.AssertRunsOnlyOn(home);
            Assert.Contains((Image, null), home.Images.All);
            Assert.DoesNotContain(pair.A.Images.All.Concat(pair.B.Images.All), image => image.Session is not null);
        }
    }
}
