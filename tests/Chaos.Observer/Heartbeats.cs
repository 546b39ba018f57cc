using System.Globalization;

namespace VmSupervisor.Chaos.Observer;

/// <summary>Guests count their heartbeats on the serial port; nothing may make one lose or repeat a number but its reset.</summary>
internal sealed class Heartbeats(Place place, Violations violations)
{
    private readonly Dictionary<string, Guest> guests = [];

    public long Beats { get; private set; }

    /// <summary>Those that were written while no supervisor lived.</summary>
    public long Orphans { get; private set; }

    public void Look(bool supervised)
    {
        if (!Directory.Exists(place.RunDirectories))
            return;
        foreach (var directory in Lives())
        {
            if (!guests.TryGetValue(directory, out var guest))
                guests[directory] = guest = new Guest(new Tail(Path.Combine(directory, "serial.log")));
            foreach (var line in guest.Serial.Read())
                See(directory, guest, line, supervised);
        }
    }

    private void See(string directory, Guest guest, string line, bool supervised)
    {
        // In the middle of a line, when the guest is reset while it writes one.
        if (line.Contains("READY "))
            guest.Last = 0;
        if (line.Split(' ') is not ["HB", var number, _] || !long.TryParse(number, CultureInfo.InvariantCulture, out var beat))
            return;
        Beats++;
        Orphans += supervised ? 0 : 1;

        // A guest whose memory was on a disk goes on counting in its next life, from where nobody may have read.
        if (guest.Last is { } last && beat != last + 1)
            violations.Add($"{Path.GetRelativePath(place.Root, directory)}: heartbeat {beat} came after {guest.Last}");
        guest.Last = beat;
    }

    private List<string> Lives()
    {
        try
        {
            return [.. Directory.EnumerateDirectories(place.RunDirectories).SelectMany(Directory.EnumerateDirectories)];
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
    }

    private sealed class Guest(Tail serial)
    {
        public Tail Serial { get; } = serial;

        public long? Last { get; set; }
    }
}
