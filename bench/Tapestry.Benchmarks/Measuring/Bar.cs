namespace Tapestry.Benchmarks.Measuring;

/// <summary>What is asked of a job: how many times faster than libtorch's default form, and which share of the machine's multiply-add limit.</summary>
/// <param name="One">The least ratio on one thread.</param>
/// <param name="More">The least ratio on two or more threads; that of one thread by default.</param>
/// <param name="Aim">The ratio we would like.</param>
/// <param name="LimitMust">The least share of the limit.</param>
/// <param name="AimMore">The ratio we would like on two or more threads; the same as on one by default.</param>
sealed record Bar(double One, double? More = null, double? Aim = null, double? LimitMust = null, double? AimMore = null)
{
    /// <summary>The least ratio on a number of threads.</summary>
    public double Must(int threads) => threads == 1 ? One : More ?? One;

    /// <summary>The ratio we would like on a number of threads.</summary>
    public double? AimFor(int threads) => threads == 1 ? Aim : AimMore ?? Aim;
}
