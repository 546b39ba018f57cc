// The matrix runs as many arenas at the same time as the machine takes.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
