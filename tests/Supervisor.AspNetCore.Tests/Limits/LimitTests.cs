using VmSupervisor.AspNetCore.Clients;
using VmSupervisor.AspNetCore.Limits;
using VmSupervisor.Supervisor.AspNetCore.Tests.Support;

namespace VmSupervisor.Supervisor.AspNetCore.Tests.Limits;

public sealed class LimitTests
{
    [Fact]
    public void Permits_come_back_with_time_and_are_each_keys_own()
    {
        var time = new SteppedTime();
        var buckets = new KeyedBuckets(perSecond: 2, burst: 3, time);

        Assert.Equal([true, true, true, false, false], Enumerable.Range(0, 5).Select(_ => Take(buckets, "a")));
        Assert.True(buckets.TryTake("b", out _));
        time.Advance(TimeSpan.FromSeconds(0.5));
        Assert.True(buckets.TryTake("a", out var missed));
        Assert.Equal(2, missed);
        Assert.False(buckets.TryTake("a", out _));
        time.Advance(TimeSpan.FromDays(1));
        Assert.Equal([true, true, true, false], Enumerable.Range(0, 4).Select(_ => Take(buckets, "a")));
    }

    private static bool Take(KeyedBuckets buckets, string key) => buckets.TryTake(key, out _);

    [Fact]
    public void Keys_are_bounded_and_those_without_a_place_share_one()
    {
        var time = new SteppedTime();
        var buckets = new KeyedBuckets(perSecond: 1, burst: 2, time, mostKeys: 10);
        for (var i = 0; i < 10; i++)
            Assert.True(buckets.TryTake($"{i}", out _));

        Assert.Equal([true, true, false], ((string[])["x", "y", "z"]).Select(key => buckets.TryTake(key, out _)));

        // Those who have asked nothing since then are forgotten.
        time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal([true, true, false], ((string[])["x", "x", "x"]).Select(key => buckets.TryTake(key, out _)));
        Assert.True(buckets.TryTake("y", out _));
    }

    [Fact]
    public void Connections_are_bounded_all_together_of_strangers_and_of_one_address()
    {
        var limits = new ConnectionLimits(200);
        var strangers = new List<ConnectionPlace>();
        for (var i = 0; i < ConnectionLimits.MostUnproved; i++)
            strangers.Add(limits.TryEnter($"{i % 4}", out _)!);

        Assert.Null(limits.TryEnter("another", out var why));
        Assert.Contains("nobody knows whose they are", why);
        strangers[0].Prove();
        strangers[0].Prove();
        Assert.NotNull(limits.TryEnter("another", out _));
        Assert.Null(limits.TryEnter("yet another", out _));
        strangers[4].Dispose();
        strangers[4].Dispose();
        Assert.NotNull(limits.TryEnter("0", out _));
    }

    [Fact]
    public void Of_one_address_few_are_unknown_and_proved_ones_do_not_count_there()
    {
        var limits = new ConnectionLimits(100);
        var places = Enumerable.Range(0, ConnectionLimits.MostOfAddress).Select(i => limits.TryEnter("a", out var _)!).ToList();

        Assert.Null(limits.TryEnter("a", out var why));
        Assert.Contains("from a of which", why);
        Assert.NotNull(limits.TryEnter("b", out _));
        places.ForEach(place => place.Prove());
        Assert.NotNull(limits.TryEnter("a", out _));
    }

    [Fact]
    public void Proved_connections_are_bounded_too_and_leave_their_places()
    {
        var limits = new ConnectionLimits(3);
        var places = Enumerable.Range(0, 3).Select(i => limits.TryEnter($"{i}", out _)!).ToList();
        places.ForEach(place => place.Prove());

        Assert.Null(limits.TryEnter("x", out var why));
        Assert.Contains("there are 3 connections", why);
        places[0].Dispose();
        Assert.NotNull(limits.TryEnter("x", out _));
    }
}
