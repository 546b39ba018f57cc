using System.Text;

namespace VmSupervisor.Chaos.Observer;

/// <summary>The whole lines that a file has got since the last look.</summary>
internal sealed class Tail(string path)
{
    private long offset;

    public IReadOnlyList<string> Read()
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            if (file.Length <= offset)
                return [];
            file.Position = offset;
            var bytes = new byte[file.Length - offset];
            var count = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            var end = bytes.AsSpan(0, count).LastIndexOf((byte)'\n') + 1;
            offset += end;
            return Encoding.UTF8.GetString(bytes, 0, end).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        }
        catch (IOException)
        {
            // Not there yet, or not any more.
            return [];
        }
    }
}
