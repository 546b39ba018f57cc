using System.Buffers;
using System.Text;

namespace VmSupervisor.Linux;

/// <summary>
/// Spawns processes that outlive us. Not <c>System.Diagnostics.Process</c>: that ties its children to pipes and
/// reaps them itself.
/// </summary>
/// <remarks>
/// A <c>Process</c> elsewhere in this runtime does not steal our children's status (a test holds it to that): its
/// handler looks with <c>WNOWAIT</c> and reaps only what it knows. Only a supervisor that was started with SIGCHLD
/// ignored has the kernel discard every status; the exits then are of unknown status.
/// </remarks>
internal sealed class Spawner
{
    private const int FirstFree = 3;
    private const int SignalSetSize = 128;

    /// <summary>
    /// Spawns a process with default signal dispositions and an empty signal mask (.NET ignores SIGPIPE), with
    /// <c>/dev/null</c> as its input. Returns once it has become the executable, typically within 1 ms.
    /// </summary>
    public SpawnResult Spawn(SpawnRequest request)
    {
        using var opened = new Descriptors();
        try
        {
            var highest = request.Inherited.Select(i => i.Target).DefaultIfEmpty(FirstFree - 1).Max();
            if (request.Inherited.Any(i => i.Target < FirstFree) || request.Inherited.DistinctBy(i => i.Target).Count() != request.Inherited.Count)
                throw new ArgumentException("targets of inherited descriptors: 3 or above, each once", nameof(request));

            // All sources lie above all targets, so that no target overwrites a source that is still needed.
            var wanted = new List<(int Source, int Target)>
            {
                (opened.Open("/dev/null", LibC.OpenReadOnly, highest), 0),
                (opened.Open(request.StandardOutput, LibC.OpenWriteOnly | LibC.OpenCreate | LibC.OpenAppend, highest), 1),
                (opened.Open(request.StandardError, LibC.OpenWriteOnly | LibC.OpenCreate | LibC.OpenAppend, highest), 2),
            };
            wanted.AddRange(request.Inherited.Select(i => (opened.Duplicate(i, highest), i.Target)));
            return Spawn(request, wanted, highest);
        }
        catch (IOException e)
        {
            return new SpawnResult.Failed(e.HResult, $"cannot run {request.Executable}: {e.Message}");
        }
    }

    private static unsafe SpawnResult Spawn(SpawnRequest request, List<(int Source, int Target)> wanted, int highest)
    {
        // glibc's structures take 80 and 336 bytes.
        byte* actions = stackalloc byte[512];
        byte* attributes = stackalloc byte[512];
        byte* signals = stackalloc byte[SignalSetSize];
        using var text = new CStrings();
        var path = text.Add(request.Executable);
        var arguments = text.Vector([request.Executable, .. request.Arguments]);
        var environment = text.Vector(request.Environment.Select(Variable));

        Check(LibC.SpawnActionsInit(actions));
        Check(LibC.SpawnAttributesInit(attributes));
        try
        {
            foreach (var (source, target) in wanted)
                Check(LibC.SpawnActionsDuplicate(actions, source, target));
            for (var gap = FirstFree; gap < highest; gap++)
            {
                if (wanted.All(w => w.Target != gap))
                    Check(LibC.SpawnActionsClose(actions, gap));
            }

            Check(LibC.SpawnActionsCloseFrom(actions, highest + 1));
            Check(LibC.SpawnActionsChangeDirectory(actions, text.Add(request.WorkingDirectory)));

            // All bits, not sigfillset: that leaves out the C library's own two, which then stay ignored in the child.
            new Span<byte>(signals, SignalSetSize).Fill(0xff);
            Check(LibC.SpawnAttributesSetSignalDefaults(attributes, signals));
            Check(LibC.SignalsNone(signals));
            Check(LibC.SpawnAttributesSetSignalMask(attributes, signals));
            Check(LibC.SpawnAttributesSetFlags(attributes, (short)(LibC.SpawnSetSignalDefaults | LibC.SpawnSetSignalMask
                | (request.NewSession ? LibC.SpawnSetSession : LibC.SpawnSetProcessGroup))));

            var (errno, pid) = Fork(path, actions, attributes, arguments, environment);
            return errno == 0 ? Spawned(request, pid) : Failed(request, errno);
        }
        finally
        {
            Check(LibC.SpawnAttributesDestroy(attributes));
            Check(LibC.SpawnActionsDestroy(actions));
        }
    }

    private static unsafe (int Errno, int Pid) Fork(byte* path, byte* actions, byte* attributes, byte** arguments, byte** environment) =>
        ForkGate.Fork(() => (LibC.Spawn(out var pid, path, actions, attributes, arguments, environment), pid));

    private static SpawnResult Spawned(SpawnRequest request, int pid) => PidFd.Open(pid) is { } process
        ? new SpawnResult.Spawned(process)
        : new SpawnResult.Failed(LibC.NoSuchProcess, $"ran {request.Executable}, but its process {pid} was gone at once: is SIGCHLD ignored?");

    private static SpawnResult.Failed Failed(SpawnRequest request, int errno) => new(errno, errno == LibC.NoEntry && !Directory.Exists(request.WorkingDirectory)
        ? $"cannot run {request.Executable}: there is no working directory {request.WorkingDirectory}"
        : $"cannot run {request.Executable}: {LibC.Describe(errno)}");

    private static string Variable(KeyValuePair<string, string> variable) => variable.Key.Length > 0 && !variable.Key.Contains('=')
        ? $"{variable.Key}={variable.Value}"
        : throw new ArgumentException($"environment variable '{variable.Key}': a name is not empty and has no '='");

    private static void Check(int errno)
    {
        if (errno != 0)
            throw new IOException(LibC.Describe(errno), errno);
    }

    /// <summary>What is open only for the time of the call.</summary>
    private sealed class Descriptors : IDisposable
    {
        private readonly List<FileDescriptor> all = [];

        public int Open(string path, int flags, int above)
        {
            using var low = FileDescriptor.Open(path, flags);
            return Keep(FileDescriptor.Duplicate(low, above + 1));
        }

        public int Duplicate(InheritedDescriptor inherited, int above) => Keep(FileDescriptor.Duplicate(inherited.Source, above + 1));

        public void Dispose() => all.ForEach(d => d.Dispose());

        private int Keep(FileDescriptor descriptor)
        {
            all.Add(descriptor);
            return descriptor.Number;
        }
    }

    /// <summary>Strings as C wants them, pinned until the call is over.</summary>
    private sealed unsafe class CStrings : IDisposable
    {
        private readonly List<MemoryHandle> pinned = [];

        public byte* Add(string value)
        {
            if (value.Contains('\0'))
                throw new ArgumentException("a NUL character cannot be passed to a process");
            return (byte*)Pin(Encoding.UTF8.GetBytes(value + '\0'));
        }

        public byte** Vector(IEnumerable<string> values)
        {
            nint[] vector = [.. values.Select(v => (nint)Add(v)), 0];
            return (byte**)Pin(vector);
        }

        public void Dispose() => pinned.ForEach(p => p.Dispose());

        private void* Pin<T>(T[] values)
        {
            pinned.Add(values.AsMemory().Pin());
            return pinned[^1].Pointer;
        }
    }
}
