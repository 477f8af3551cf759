using System.Diagnostics;

namespace EdgeBench.Tests.EndToEnd;

/// <summary>Waits on conditions of processes, with time for a machine that is busy.</summary>
internal static class Condition
{
    /// <summary>How long anything may take.</summary>
    public static TimeSpan Limit { get; } = TimeSpan.FromMinutes(2);

    /// <summary>Waits until a condition holds.</summary>
    /// <param name="condition">The condition.</param>
    /// <param name="what">What it is, for the failure's message.</param>
    /// <param name="hopeless">Why it can hold no more, or null while it can.</param>
    public static Task HoldsAsync(Func<bool> condition, string what, Func<string?>? hopeless = null) =>
        HoldsAsync(() => Task.FromResult(condition()), what, hopeless);

    /// <summary>Waits until a condition holds that is asked for somewhere.</summary>
    public static async Task HoldsAsync(Func<Task<bool>> condition, string what, Func<string?>? hopeless = null)
    {
        var waited = Stopwatch.StartNew();
        while (true)
        {
            // Asked before, so that what was said just before the end counts.
            var reason = hopeless?.Invoke();
            if (await condition())
            {
                return;
            }

            Assert.True(reason is null, $"will not come: {what}; {reason}");
            Assert.True(waited.Elapsed < Limit, $"not seen within {Limit.TotalSeconds:0} s: {what}");
            await Task.Delay(TimeSpan.FromMilliseconds(50), TestContext.Current.CancellationToken);
        }
    }
}
