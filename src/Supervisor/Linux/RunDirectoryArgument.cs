namespace VmSupervisor.Linux;

/// <summary>Recognises a run directory in a command line.</summary>
internal static class RunDirectoryArgument
{
    /// <summary>
    /// Whether an argument names the directory itself or something in it: <c>/run/1</c> is named in
    /// <c>path=/run/1/qmp.sock,server=on</c>, but neither in <c>/run/10</c> nor in <c>/chroot/run/1</c>.
    /// </summary>
    public static bool IsNamedIn(IEnumerable<string> arguments, string directory)
    {
        var wanted = Path.TrimEndingDirectorySeparator(directory);

        // QEMU doubles the commas within an option's value.
        var escaped = wanted.Replace(",", ",,", StringComparison.Ordinal);
        return arguments.Any(a => IsNamed(a, wanted) || (escaped != wanted && IsNamed(a, escaped)));
    }

    private static bool IsNamed(string argument, string directory)
    {
        for (var at = argument.IndexOf(directory, StringComparison.Ordinal); at >= 0; at = argument.IndexOf(directory, at + 1, StringComparison.Ordinal))
        {
            var end = at + directory.Length;
            if ((at == 0 || !IsOfName(argument[at - 1], '/')) && (end == argument.Length || !IsOfName(argument[end], '.')))
                return true;
        }

        return false;
    }

    private static bool IsOfName(char c, char also) => char.IsLetterOrDigit(c) || c is '-' or '_' or '.' || c == also;
}
