using System.Linq.Expressions;
using System.Reflection;

namespace VmSupervisor.Model.Encoding;

/// <summary>Reads a property without the cost of reflection at every state.</summary>
internal static class Getters
{
    public static Func<object, object?> Of(PropertyInfo property)
    {
        var instance = Expression.Parameter(typeof(object));
        var read = Expression.Property(Expression.Convert(instance, property.DeclaringType!), property);
        return Expression.Lambda<Func<object, object?>>(Expression.Convert(read, typeof(object)), instance).Compile();
    }
}
