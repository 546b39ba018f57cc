// Every test has a daemon, guests and two cores to itself: the figures are then about the product.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
