using Microsoft.Extensions.Configuration;

namespace VmSupervisor.Hocon.Configuration;

/// <summary>Adds HOCON files to a configuration.</summary>
public static class HoconConfigurationExtensions
{
    /// <summary>
    /// Adds a file in HOCON (so also in JSON). Keys of nested objects are joined with <c>:</c>, items of an array are
    /// numbered from 0, values are text as it was written (<c>60s</c>, <c>512 MiB</c>); <c>null</c> is a key without a
    /// value, and so is an empty object; an empty array is the empty string, both as in JSON files. Includes are looked
    /// for beside the file, <c>${x}</c> is resolved within it and then in the environment.
    /// </summary>
    /// <remarks>
    /// Each file is resolved by itself, before it is laid over what was added earlier: <c>${x}</c> does not see other
    /// sources, and an array replaces the items of an earlier one that have the same number. Configuration keys do not
    /// tell upper from lower case; two keys of one object that differ only in that are a fault.
    /// </remarks>
    /// <param name="builder">What to add to.</param>
    /// <param name="path">Absolute, or relative to the builder's base path.</param>
    /// <param name="optional">Whether the file may be missing; one that is there must be valid all the same.</param>
    /// <param name="reloadOnChange">
    /// Whether the file is read again when it changes. Files that it includes are not watched. A change that is not
    /// valid is told to the builder's handler of load exceptions and throws when there is none.
    /// </param>
    /// <exception cref="InvalidDataException">
    /// When the configuration is built: the file is not valid. The message names it; its inner
    /// <see cref="HoconException"/> has each fault with line and column.
    /// </exception>
    /// <exception cref="FileNotFoundException">When the configuration is built: the file is missing and not optional.</exception>
    public static IConfigurationBuilder AddHoconFile(this IConfigurationBuilder builder, string path, bool optional = false, bool reloadOnChange = false)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(path);
        var source = new HoconConfigurationSource { Path = path, Optional = optional, ReloadOnChange = reloadOnChange };

        // An absolute path outside of the base path gets a provider of its own directory.
        source.ResolveFileProvider();
        return builder.Add(source);
    }
}
