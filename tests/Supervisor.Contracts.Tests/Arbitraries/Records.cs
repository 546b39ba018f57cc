using System.Reflection;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Definitions;
using VmSupervisor.Contracts.Remoting;

namespace VmSupervisor.Arbitraries;

/// <summary>
/// Values of any record, made from its constructor and its initialisers by reflection, so that a member which is new is
/// there without anybody thinking of it. An abstract record is one of those that derive from it.
/// </summary>
internal static class Records
{
    private const int MostItems = 3;

    private static readonly Dictionary<Type, Gen<object?>> Made = new()
    {
        [typeof(string)] = Texts.Any.Select(text => (object?)text),
        [typeof(bool)] = Gen.Elements<object?>(true, false),
        [typeof(int)] = Gen.OneOf(Gen.Choose(int.MinValue, int.MaxValue), Gen.Choose(0, 3)).Select(number => (object?)number),
        [typeof(long)] = Long.Select(number => (object?)number),
        [typeof(decimal)] = Gen.Choose(-1000, 1000).Select(hundredths => (object?)(hundredths / 100m)),
        [typeof(double)] = Gen.Choose(-1000, 1000).Select(eighths => (object?)(eighths / 8.0)),
        [typeof(TimeSpan)] = Long.Select(ticks => (object?)TimeSpan.FromTicks(ticks & long.MaxValue)),
        [typeof(DateTimeOffset)] = Long.Select(ticks => (object?)new DateTimeOffset((ticks & long.MaxValue) % DateTime.MaxValue.Ticks, TimeSpan.Zero)),
        [typeof(VmId)] = Gen.Choose(1, VmId.MaxValue).Select(id => (object?)new VmId(id)),
        [typeof(Incarnation)] = Long.Select(number => (object?)new Incarnation(number & long.MaxValue)),
        [typeof(OperationId)] = Gen.Elements("op-1", "a", "A.b_c:d-9", new string('x', OperationId.MaxLength)).Select(id => (object?)OperationId.Parse(id)),
        [typeof(VmReference)] = Gen.Elements("104", "web-1", "_").Select(vm => (object?)new VmReference(vm)),
        [typeof(VmDefinition)] = ValidDefinitions.Any.Select(definition => (object?)definition),
        [typeof(JsonElement)] = Gen.Elements("{}", "[1,\"a\"]", "7", "{\"return\":{\"a\":null}}").Select(json => (object?)JsonElement.Parse(json)),
    };

    private static Gen<long> Long => Gen.OneOf(
        from high in Gen.Choose(int.MinValue, int.MaxValue) from low in Gen.Choose(int.MinValue, int.MaxValue) select ((long)high << 32) | (uint)low,
        Gen.Elements(0L, 1L, 1000L, long.MaxValue));

    public static Gen<T> Of<T>() => Of(typeof(T)).Select(value => (T)value);

    public static Gen<object> Of(Type type) => Any(type).Select(value => value!);

    /// <summary>All that is no abstract record and derives from one.</summary>
    public static IEnumerable<Type> Derived(Type type) => type.Assembly.GetTypes().Where(one => one.IsSubclassOf(type) && !one.IsAbstract);

    private static Gen<object?> Any(Type type)
    {
        lock (Made)
        {
            if (!Made.TryGetValue(type, out var made))
                Made[type] = made = Make(type);
            return made;
        }
    }

    private static Gen<object?> Make(Type type)
    {
        if (type.IsEnum)
            return Gen.Elements(Enum.GetValues(type).Cast<object?>());
        if (Nullable.GetUnderlyingType(type) is { } underlying)
            return OrNull(Any(underlying));
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ValueList<>))
            return Lists(type);
        if (type == typeof(IReadOnlyDictionary<string, string>))
            return Texts.Any.ListOf(MostItems).Select(keys => (object?)keys.Distinct().ToDictionary(key => key, key => key + "!"));
        if (type.IsAbstract)
            return Gen.OneOf(Derived(type).Select(Any));
        return OfMembers(type);
    }

    private static Gen<object?> Lists(Type type)
    {
        var item = type.GetGenericArguments()[0];
        var create = typeof(ValueList).GetMethod(nameof(ValueList.ToValueList))!.MakeGenericMethod(item);
        var cast = typeof(Enumerable).GetMethod(nameof(Enumerable.Cast))!.MakeGenericMethod(item);
        var items = Any(item);
        return from count in Gen.Choose(0, MostItems)
               from some in items.ListOf(count)
               select create.Invoke(null, [cast.Invoke(null, [some])]);
    }

    private static Gen<object?> OfMembers(Type type)
    {
        var nullability = new NullabilityInfoContext();
        var constructor = type.GetConstructors().OrderByDescending(one => one.GetParameters().Length).First();
        var parameters = constructor.GetParameters();
        var others = type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.SetMethod is not null && parameters.All(parameter => parameter.Name != property.Name)).ToArray();
        var members = parameters.Select(parameter => Member(parameter.ParameterType, nullability.Create(parameter)))
            .Concat(others.Select(property => Member(property.PropertyType, nullability.Create(property))));
        return Gen.CollectToArray(members).Select(values =>
        {
            var made = constructor.Invoke(values[..parameters.Length]);
            foreach (var (property, value) in others.Zip(values[parameters.Length..]))
                property.SetValue(made, value);
            return (object?)made;
        });
    }

    private static Gen<object?> Member(Type type, NullabilityInfo nullability) =>
        !type.IsValueType && nullability.ReadState == NullabilityState.Nullable ? OrNull(Any(type)) : Any(type);

    private static Gen<object?> OrNull(Gen<object?> some) => Gen.Frequency((3, some), (1, Gen.Constant<object?>(null)));
}
