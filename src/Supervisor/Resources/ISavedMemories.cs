using VmSupervisor.Contracts;
using VmSupervisor.Domain;

namespace VmSupervisor.Resources;

/// <summary>Where guests' memory is kept between their lives: a file for an incarnation, and what its images were like.</summary>
internal interface ISavedMemories
{
    /// <summary>The file, absolute.</summary>
    string PathOf(VmId vm, Incarnation of);

    /// <summary>Makes room for a file; returns it.</summary>
    /// <exception cref="ResourceException">There can be none.</exception>
    string Prepare(VmId vm, Incarnation of);

    /// <summary>Notes what the images are like, once no process has them open any more. What was noted first stays.</summary>
    /// <exception cref="ResourceException">It cannot be written.</exception>
    void Note(VmId vm, Incarnation of, IEnumerable<Step.Volume> volumes);

    /// <summary>Checks that the memory is there and its images are as they were left.</summary>
    /// <exception cref="ResourceException">They are not; going on would ruin the guest's file systems.</exception>
    void Check(VmId vm, Incarnation of, IEnumerable<Step.Volume> volumes);

    /// <summary>Removes the file and what belongs to it; fine when there is none.</summary>
    /// <exception cref="ResourceException">It is still there.</exception>
    void Remove(VmId vm, Incarnation of);
}
