using Microsoft.Extensions.Configuration;

namespace VmSupervisor.Hocon.Configuration;

/// <summary>A HOCON file as a source of configuration, see <see cref="HoconConfigurationExtensions.AddHoconFile"/>.</summary>
public sealed class HoconConfigurationSource : FileConfigurationSource
{
    /// <summary>What the file may do; <see cref="HoconOptions.Local"/> unless told.</summary>
    public HoconOptions Options { get; set; } = HoconOptions.Local;

    /// <inheritdoc/>
    public override IConfigurationProvider Build(IConfigurationBuilder builder)
    {
        EnsureDefaults(builder);
        return new HoconConfigurationProvider(this);
    }
}
