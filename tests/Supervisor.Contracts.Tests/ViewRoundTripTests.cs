using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using FsCheck;
using FsCheck.Fluent;
using VmSupervisor.Arbitraries;
using VmSupervisor.Contracts.Json;

namespace VmSupervisor.Contracts.Tests;

/// <summary>Whatever travels arrives as it was sent.</summary>
public sealed class ViewRoundTripTests
{
    private static readonly Assembly Contracts = typeof(ContractsJson).Assembly;

    /// <summary>All that the contracts say travels, but for lists of it.</summary>
    public static TheoryData<string> Travelling => [.. typeof(ContractsJsonContext).GetCustomAttributesData()
        .Where(attribute => attribute.AttributeType == typeof(JsonSerializableAttribute))
        .Select(attribute => (Type)attribute.ConstructorArguments[0].Value!)
        .Where(type => type.Assembly == Contracts && !type.IsArray && !type.IsGenericType)
        .Select(type => type.FullName!).Order()];

    [Theory, MemberData(nameof(Travelling))]
    public void What_is_sent_is_what_arrives(string name)
    {
        var type = Contracts.GetType(name, throwOnError: true)!;
        Check.One(Texts.Cases(100), Prop.ForAll(Records.Of(type).ToArbitrary(), sent =>
        {
            var json = JsonSerializer.Serialize(sent, type, ContractsJson.Options);
            var arrived = JsonSerializer.Deserialize(json, type, ContractsJson.Options)!;

            // By its text, since what has a dictionary or a JSON value in it is not equal by content; the rest is.
            Assert.Equal(json, JsonSerializer.Serialize(arrived, type, ContractsJson.Options));
            Assert.True(ComparesByIdentity(type) || sent.Equals(arrived), json);
            var spread = JsonSerializer.Deserialize(JsonSerializer.Serialize(sent, type, ContractsJson.Indented), type, ContractsJson.Options);
            Assert.Equal(json, JsonSerializer.Serialize(spread, type, ContractsJson.Options));
        }));
    }

    private static bool ComparesByIdentity(Type type) => type.GetProperties().Any(property =>
        property.PropertyType == typeof(JsonElement?) || property.PropertyType == typeof(JsonElement) || property.PropertyType == typeof(IReadOnlyDictionary<string, string>)
        || (property.PropertyType.Assembly == Contracts && !property.PropertyType.IsValueType && property.PropertyType.IsSealed
            && property.PropertyType.GetConstructors().Length > 0 && ComparesByIdentity(property.PropertyType)));
}
