using VmSupervisor.Actors.Supervision;
using VmSupervisor.Actors.TestKit;

namespace VmSupervisor.Actors.Tests;

/// <summary>Random trees of actors that fail, stop and are watched at random; whatever happens, nothing gets stuck.</summary>
public sealed class RandomFamilyTests
{
    [Fact]
    public void A_family_that_fails_at_random_never_gets_stuck()
    {
        for (var seed = 1; seed <= 500; seed++)
        {
            new Family(seed).Run();
        }
    }

    private sealed class Family
    {
        private readonly SeededRandom _random;
        private readonly SteppableDispatcher _dispatcher;
        private readonly ActorSystem _system;
        private readonly Dictionary<IActorRef, int> _terminated = [];
        private readonly Dictionary<string, int> _inside = [];
        private readonly List<IActorRef> _all = [];

        public Family(long seed)
        {
            _random = new SeededRandom(seed);
            _dispatcher = new SteppableDispatcher(seed);
            _system = _dispatcher.CreateSystem();
        }

        public void Run()
        {
            var watcher = _system.SystemActorOf(Script.Of((m, c) =>
            {
                if (m is Terminated t)
                {
                    _terminated[t.Actor] = _terminated.GetValueOrDefault(t.Actor) + 1;
                }
                else
                {
                    c.Watch((IActorRef)m);
                }
            }));
            for (var i = 0; i < 3; i++)
            {
                _system.ActorOf(Member(depth: 0, watcher), $"top-{i}");
            }

            _dispatcher.RunUntilIdle();
            for (var i = 0; i < 60; i++)
            {
                Disturb(_all[_random.Next(_all.Count)]);
                for (var steps = _random.Next(8); steps > 0; steps--)
                {
                    _dispatcher.Step();
                }

                if (_random.Next(5) == 0)
                {
                    _dispatcher.AdvanceTime(TimeSpan.FromSeconds(_random.Next(5)));
                }
            }

            _dispatcher.RunFor(TimeSpan.FromMinutes(10));
            foreach (var actor in _all)
            {
                Assert.True(_terminated.GetValueOrDefault(actor) <= 1, $"seed {_dispatcher.Seed}: {actor.Path} terminated twice");
                if (!_terminated.ContainsKey(actor))
                {
                    // It lives, so it must answer: a forgotten suspension would hold it for ever.
                    Assert.Equal("pong", _dispatcher.Run(actor.Ask<string>("ping", TimeSpan.FromSeconds(1))));
                }
            }

            _dispatcher.Run(_system.TerminateAsync());
            _dispatcher.RunUntilIdle();
            Assert.All(_inside, life => Assert.Equal(0, life.Value));
        }

        private Props Member(int depth, IActorRef watcher)
        {
            var strategy = new OneForOneStrategy
            {
                MaxRestarts = _random.Next(2) == 0 ? null : 5,
                Backoff = _random.Next(2) == 0 ? null : new ExponentialBackoff(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(8)),
                Decider = _ => (Directive)_random.Next(4),
            };
            return Props.Create(() => new Relative(this, depth, watcher, keepChildren: _random.Next(3) == 0))
                .WithSupervisorStrategy(strategy);
        }

        private void Disturb(IActorRef actor)
        {
            switch (_random.Next(10))
            {
                case < 5:
                    actor.Tell("fail");
                    break;
                case 5:
                    actor.Tell(_random.Next(2) == 0 ? Kill.Instance : PoisonPill.Instance);
                    break;
                case 6:
                    _system.Stop(actor);
                    break;
                default:
                    actor.Tell("stop a child");
                    break;
            }
        }

        private sealed class Relative(Family family, int depth, IActorRef watcher, bool keepChildren) : Actor
        {
            protected override void PreStart()
            {
                if (family._random.Next(10) == 0 && family._all.Count > 0)
                {
                    throw new InvalidOperationException("cannot start");
                }

                family._inside[Self.ToString()!] = family._inside.GetValueOrDefault(Self.ToString()!) + 1;
                Assert.Equal(1, family._inside[Self.ToString()!]);
                if (!family._all.Contains(Self))
                {
                    family._all.Add(Self);
                    watcher.Tell(Self);
                }

                for (var i = 0; i < 2 && depth < 3; i++)
                {
                    if (Context.Child($"c{i}") is null)
                    {
                        Context.ActorOf(family.Member(depth + 1, watcher), $"c{i}");
                    }
                }
            }

            protected override void PostStop() => family._inside[Self.ToString()!]--;

            protected override void PreRestart(Exception cause, object? message)
            {
                if (keepChildren)
                {
                    PostStop();
                }
                else
                {
                    base.PreRestart(cause, message);
                }
            }

            protected override void OnReceive(object message)
            {
                switch (message)
                {
                    case "fail":
                        throw new InvalidOperationException("told to");
                    case "ping":
                        Sender.Tell("pong", Self);
                        break;
                    case "stop a child":
                        foreach (var child in Context.Children.Take(1))
                        {
                            Context.Stop(child);
                        }

                        break;
                    default:
                        Unhandled(message);
                        break;
                }
            }
        }
    }
}
