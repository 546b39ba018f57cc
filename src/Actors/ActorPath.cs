namespace VmSupervisor.Actors;

/// <summary>
/// The place of an actor in its system's hierarchy, such as <c>actors://node-a/user/vm-104</c>. An actor that
/// stopped and one created later under the same name have different <see cref="Uid"/>s, so their paths differ.
/// A restart by the supervisor keeps the path.
/// </summary>
public sealed class ActorPath : IEquatable<ActorPath>
{
    internal ActorPath(ActorPath? parent, string name, long uid)
    {
        Parent = parent;
        Name = name;
        Uid = uid;
    }

    /// <summary>The path of the parent; null at the root.</summary>
    public ActorPath? Parent { get; }

    /// <summary>The actor's name among its siblings; at the root the system's name.</summary>
    public string Name { get; }

    /// <summary>The number of this life of the name; unique in the system.</summary>
    public long Uid { get; }

    /// <inheritdoc />
    public bool Equals(ActorPath? other) =>
        ReferenceEquals(this, other)
        || (other is not null && Uid == other.Uid && Name == other.Name && Equals(Parent, other.Parent));

    /// <inheritdoc />
    public override bool Equals(object? obj) => Equals(obj as ActorPath);

    /// <inheritdoc />
    public override int GetHashCode() => HashCode.Combine(Name, Uid);

    /// <summary>The path as people read it, without the uid.</summary>
    public override string ToString() => Parent is null ? $"actors://{Name}" : $"{Parent}/{Name}";

    /// <summary>The path with the uid at its end, such as <c>actors://node-a/user/vm-104#17</c>.</summary>
    public string ToStringWithUid() => $"{this}#{Uid}";

    internal static void CheckName(string name)
    {
        if (name.Length == 0 || name[0] == '$' || name.AsSpan().IndexOfAny('/', '#') >= 0)
        {
            throw new InvalidActorNameException(
                $"actor name '{name}': it must not be empty, start with '$' or contain '/' or '#'");
        }
    }
}
