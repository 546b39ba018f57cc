using System.Globalization;
using VmSupervisor.Actors.Persistence;

namespace VmSupervisor.Actors.TestKit.Journals;

/// <summary>Random operations from a seed, each compared with a model.</summary>
public abstract partial class JournalConformance
{
    private static void AddRandomRuns(Dictionary<string, Func<JournalConformance, Task>> cases) =>
        cases["Random_operations_give_what_a_model_gives"] = async s =>
        {
            for (var seed = 1; seed <= s.RandomRuns.Runs; seed++)
            {
                await s.RandomRun(seed);
            }
        };

    private async Task RandomRun(long seed)
    {
        var run = new Run(this, await OpenAsync(Clock), new SeededRandom(seed), new JournalModel(NotesPerStream));
        try
        {
            for (var i = 0; i < RandomRuns.Operations; i++)
            {
                await run.StepAsync();
            }

            await run.CompareAllAsync();
        }
        catch (ConformanceException e)
        {
            throw new ConformanceException(
                $"seed {seed}: {e.Message}{Environment.NewLine}{string.Join(Environment.NewLine, run.Trace.TakeLast(30))}");
        }
        finally
        {
            await CloseAsync(run.Journal);
        }
    }

    private sealed class Run(JournalConformance suite, IJournal journal, SeededRandom random, JournalModel model)
    {
        private static readonly string[] Ids = ["a", "b", "vm-1", "vm-10"];
        private int _texts;

        public IJournal Journal { get; private set; } = journal;

        public List<string> Trace { get; } = [];

        public Task StepAsync() => random.Next(20) switch
        {
            < 8 => AppendAsync(),
            < 10 => ReadAsync(),
            < 12 => SnapshotAsync(),
            12 => LoadSnapshotAsync(),
            13 => DeleteEventsAsync(),
            14 => DeleteSnapshotsAsync(),
            < 17 => NoteAsync(),
            17 => CompareAllAsync(),
            18 => TimePassesAsync(),
            _ => ReopenAsync(),
        };

        public async Task CompareAllAsync()
        {
            Trace.Add("compare all");
            Equal(model.AllEvents(), Show(await ReadAllAsync(Journal, 1 + random.Next(20))), "all events");
            Equal(model.Ids(), string.Join("|", await Journal.PersistenceIdsAsync()), "persistence ids");
            foreach (var id in Ids)
            {
                Equal(model.Highest(id), await Journal.HighestVersionAsync(id), $"highest version of {id}");
                Equal(model.Events(id, 1, long.MaxValue), Show(await JournalConformance.ReadAsync(Journal, id)), $"stream {id}");
                await CompareSnapshotAsync(id, long.MaxValue);
                var limit = random.Next(10);
                var notes = (await Journal.ReadNotesAsync(id, limit)).Select(n => Text(n.Payload));
                Equal(model.Notes(id, limit), string.Join(" ", notes), $"the newest {limit} notes of {id}");
            }

            for (var key = 0; key < 10; key++)
            {
                var found = await Journal.FindReceiptAsync($"op-{key}");
                var expected = model.Receipt($"op-{key}", suite.Clock.GetUtcNow());
                Equal(
                    expected is null ? null : Text(expected.Payload), found is null ? null : Text(found.Payload), $"receipt op-{key}");
            }
        }

        private async Task AppendAsync()
        {
            var id = Id();
            var expected = model.Highest(id) + (random.Next(6) == 0 ? random.Next(3) - 1 : 0);
            expected = Math.Max(0, expected);
            var texts = Enumerable.Range(0, random.Next(4)).Select(_ => NextText()).ToArray();
            var count = texts.Length == 0 || random.Next(3) == 0 ? 1 + random.Next(3) : 0;
            var receipts = Enumerable.Range(0, count)
                .Select(_ => suite.ReceiptFor($"op-{random.Next(10)}", NextText(), TimeSpan.FromMinutes(1 + random.Next(60))))
                .ToArray();
            var answers = receipts.Select(r => $"{r.Key}={Text(r.Payload)}");
            Trace.Add($"append {id} at {expected}: [{string.Join(" ", texts)}] [{string.Join(" ", answers)}]");
            var wanted = model.Append(id, expected, texts, receipts, suite.Clock.GetUtcNow());
            var result = await suite.AppendAsync(Journal, suite.Request(id, expected, texts) with { Receipts = receipts });
            var got = result switch
            {
                AppendResult.Appended a => $"appended {a.Version}",
                AppendResult.Conflict c => $"conflict {c.ActualVersion}",
                _ => result.ToString(),
            };
            Equal(wanted, got, Trace[^1]);
        }

        private async Task ReadAsync()
        {
            var id = Id();
            long from = random.Next(8);
            var to = random.Next(3) == 0 ? long.MaxValue : from + random.Next(6) - 1;
            Trace.Add($"read {id} {from}..{to}");
            Equal(model.Events(id, from, to), Show(await JournalConformance.ReadAsync(Journal, id, from, to)), Trace[^1]);
        }

        private async Task SnapshotAsync()
        {
            var id = Id();
            var version = Math.Max(1, model.Highest(id) - random.Next(3));
            var text = NextText();
            Trace.Add($"snapshot {id} {version}={text}");
            model.SaveSnapshot(id, version, text);
            await Journal.SaveSnapshotAsync(suite.Snapshot(id, version, text));
        }

        private Task LoadSnapshotAsync() => CompareSnapshotAsync(Id(), random.Next(12));

        private async Task CompareSnapshotAsync(string id, long max)
        {
            var loaded = await Journal.LoadSnapshotAsync(id, max);
            Equal(
                model.Snapshot(id, max), loaded is null ? "none" : $"{loaded.Version}={Text(loaded.Payload)}",
                $"snapshot of {id} up to {max}");
        }

        private async Task DeleteEventsAsync()
        {
            var (id, to) = (Id(), random.Next(10));
            Trace.Add($"delete events {id} ..{to}");
            model.DeleteEvents(id, to);
            await Journal.DeleteEventsAsync(id, to);
        }

        private async Task DeleteSnapshotsAsync()
        {
            var (id, to) = (Id(), random.Next(10));
            Trace.Add($"delete snapshots {id} ..{to}");
            model.DeleteSnapshots(id, to);
            await Journal.DeleteSnapshotsAsync(id, to);
        }

        private async Task NoteAsync()
        {
            var (id, text) = (Id(), NextText());
            Trace.Add($"note {id} {text}");
            model.AddNote(id, text);
            await Journal.AddNoteAsync(new JournalNote(id, model.Highest(id), Bytes(text), suite.Clock.GetUtcNow()));
        }

        private Task TimePassesAsync()
        {
            var span = TimeSpan.FromMinutes(1 + random.Next(30));
            Trace.Add($"{span} pass");
            suite.Clock.Advance(span);
            return Task.CompletedTask;
        }

        private async Task ReopenAsync()
        {
            Trace.Add("reopen");
            Journal = await suite.ReopenAsync(Journal, suite.Clock);
        }

        private string Id() => Ids[random.Next(Ids.Length)];

        private string NextText() => "t" + (++_texts).ToString(CultureInfo.InvariantCulture);
    }
}
