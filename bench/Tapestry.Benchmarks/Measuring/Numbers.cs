namespace Tapestry.Benchmarks.Measuring;

/// <summary>Reproducible inputs.</summary>
sealed class Numbers(int seed)
{
    readonly Random random = new(seed);

    /// <summary>Numbers with a normal distribution around zero.</summary>
    internal float[] Normal(int count, double deviation = 1)
    {
        var values = new float[count];
        for (var i = 0; i < count; i += 2)
        {
            var radius = deviation * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble()));
            var (sine, cosine) = Math.SinCos(2 * Math.PI * random.NextDouble());
            values[i] = (float)(radius * cosine);
            if (i + 1 < count) values[i + 1] = (float)(radius * sine);
        }

        return values;
    }

    /// <summary>Numbers between zero and one, whose sum is far from zero.</summary>
    internal float[] Positive(int count)
    {
        var values = new float[count];
        for (var i = 0; i < count; i++) values[i] = random.NextSingle();
        return values;
    }

    /// <summary>Whole numbers from zero up to, not including, a limit.</summary>
    internal int[] Integers(int count, int limit)
    {
        var values = new int[count];
        for (var i = 0; i < count; i++) values[i] = random.Next(limit);
        return values;
    }
}
