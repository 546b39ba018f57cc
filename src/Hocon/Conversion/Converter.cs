namespace VmSupervisor.Hocon.Conversion;

/// <summary>
/// Converts a value; when it cannot, <paramref name="allowed"/> says what would have been right, as the end of
/// "found …; allowed is …".
/// </summary>
internal delegate bool Converter<T>(HoconValue value, out T result, out string allowed);
