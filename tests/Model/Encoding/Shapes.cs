using System.Collections;
using System.Collections.Concurrent;
using System.Globalization;
using System.Reflection;
using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Definitions;

namespace VmSupervisor.Model.Encoding;

/// <summary>
/// How the domain's records are written: every stored property, found by reflection, so that a field that is added to a
/// state is part of the code from its first day. Only what is listed in <see cref="Abstractions"/> is left out.
/// </summary>
internal static class Shapes
{
    private static readonly ConcurrentDictionary<Type, Action<Canon, object>> Known = new();
    private static readonly ConcurrentDictionary<VmDefinition, long> Definitions = new(ReferenceEqualityComparer.Instance);

    public static void Write(Canon canon, object? value)
    {
        if (value is null)
        {
            canon.Sink.Byte(0);
            return;
        }

        canon.Sink.Byte(1);
        Known.GetOrAdd(value.GetType(), Of)(canon, value);
    }

    private static Action<Canon, object> Of(Type type)
    {
        if (type.IsEnum)
            return (canon, value) => canon.Sink.Number(Convert.ToInt32(value, null));
        if (type == typeof(bool))
            return (canon, value) => canon.Sink.Flag((bool)value);
        if (type == typeof(int) || type == typeof(long))
            return (canon, value) => canon.Sink.Number(Convert.ToInt64(value, null));
        if (type == typeof(string))
            return (canon, value) => canon.Text((string)value);
        if (type == typeof(decimal))
            return (canon, value) => canon.Text(((decimal)value).ToString(CultureInfo.InvariantCulture));
        if (type == typeof(TimeSpan))
            return (canon, value) => canon.Sink.Number(((TimeSpan)value).Ticks);
        if (type == typeof(OperationId))
            return (canon, value) => canon.Operation((OperationId)value);
        if (type == typeof(Incarnation))
            return (canon, value) => canon.Sink.Number(((Incarnation)value).Value);
        if (type == typeof(VmDefinition))
            return (canon, value) => canon.Sink.Number(NumberOf((VmDefinition)value));
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ValueList<>))
            return List;
        return type.Namespace?.StartsWith("VmSupervisor.", StringComparison.Ordinal) == true
            ? Record(type)
            : throw new NotSupportedException($"{type} is not known to the model: say in tests/Model/Encoding/Shapes.cs how it is written");
    }

    private static void List(Canon canon, object value)
    {
        foreach (var item in (IEnumerable)value)
            Write(canon, item);
        canon.Sink.Byte(2);
    }

    private static Action<Canon, object> Record(Type type)
    {
        var name = type.FullName!;
        var properties = type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(p => p.CanWrite && p.GetIndexParameters().Length == 0)
            .OrderBy(p => p.Name, StringComparer.Ordinal)
            .Select(p => (Getter: Getters.Of(p), Treatment: Abstractions.Of(p)))
            .Where(p => p.Treatment != Treatment.LeftOut)
            .ToArray();
        return (canon, value) =>
        {
            canon.Text(name);
            foreach (var (getter, treatment) in properties)
            {
                var item = getter(value);
                if (treatment == Treatment.Deadline && item is DateTimeOffset deadline)
                    canon.Deadline(deadline);
                else if (treatment == Treatment.Set)
                    Write(canon, ((IEnumerable<string>)item!).Distinct().Order(StringComparer.Ordinal).ToValueList());
                else if (treatment == Treatment.Number)
                    canon.Sink.Number(((IEnumerable)item!).Cast<object>().Count());
                else
                    Write(canon, item);
            }
        };
    }

    // The model has a handful of definitions, each one object.
    private static long NumberOf(VmDefinition definition) => Definitions.GetOrAdd(definition, d => Canon.Hash(d.ToString()));
}
