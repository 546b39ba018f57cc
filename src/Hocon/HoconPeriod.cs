namespace VmSupervisor.Hocon;

/// <summary>A span on the calendar, whose length depends on where it starts.</summary>
/// <param name="Years">Years.</param>
/// <param name="Months">Months.</param>
/// <param name="Days">Days; a week is 7.</param>
public readonly record struct HoconPeriod(int Years, int Months, int Days);
