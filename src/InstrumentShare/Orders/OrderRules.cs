using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using NodaTime;

namespace InstrumentShare.Orders;

/// <summary>Which way an order goes, and what may be written in it.</summary>
public static class OrderRules
{
    public const int MostLines = 20;
    public const int MostSamples = 1000;

    private static readonly Dictionary<OrderStatus, OrderStatus[]> Next = new()
    {
        [OrderStatus.Draft] = [OrderStatus.Submitted, OrderStatus.Withdrawn],
        [OrderStatus.Submitted] = [OrderStatus.Quoted, OrderStatus.Declined, OrderStatus.Withdrawn],
        // A quote that was refused or has expired leaves the order waiting for another.
        [OrderStatus.Quoted] = [OrderStatus.Accepted, OrderStatus.Submitted, OrderStatus.Declined, OrderStatus.Withdrawn],
        [OrderStatus.Accepted] = [OrderStatus.Received, OrderStatus.Cancelled],
        [OrderStatus.Received] = [OrderStatus.Performing, OrderStatus.Cancelled],
        [OrderStatus.Performing] = [OrderStatus.Delivered, OrderStatus.Cancelled],
        [OrderStatus.Delivered] = [OrderStatus.Closed],
    };

    /// <summary>The way of an order that goes well, for its line of steps.</summary>
    public static IReadOnlyList<OrderStatus> Way { get; } =
        [OrderStatus.Draft, OrderStatus.Submitted, OrderStatus.Quoted, OrderStatus.Accepted, OrderStatus.Received, OrderStatus.Performing, OrderStatus.Delivered, OrderStatus.Closed];

    public static bool MayBecome(OrderStatus from, OrderStatus to) => Next.TryGetValue(from, out var ways) && ways.Contains(to);

    /// <summary>Whether nothing follows any more.</summary>
    public static bool IsOver(OrderStatus status) => status is OrderStatus.Closed or OrderStatus.Declined or OrderStatus.Withdrawn or OrderStatus.Cancelled;

    /// <summary>Whether the lab may make a quote: until delivery, since a later price must be accepted like the first.</summary>
    public static bool MayBeQuoted(OrderStatus status) =>
        status is OrderStatus.Submitted or OrderStatus.Quoted or OrderStatus.Accepted or OrderStatus.Received or OrderStatus.Performing;

    /// <summary>Whether samples may come in.</summary>
    public static bool TakesSamples(OrderStatus status) => status is OrderStatus.Accepted or OrderStatus.Received or OrderStatus.Performing;

    /// <summary>Whether results may be added.</summary>
    public static bool TakesResults(OrderStatus status) => status is OrderStatus.Received or OrderStatus.Performing or OrderStatus.Delivered;

    /// <summary>What is wrong with an order's own words; the wished day counts at the lab.</summary>
    public static List<Problem> Check(OrderInput input, LocalDate today)
    {
        var problems = new List<Problem>();
        Text(problems, input.Purpose, "purpose", 500, required: true);
        Text(problems, input.Note, "note", 1000);
        if (input.WishedOn is { } wished && wished < today) problems.Add(Problem.Invalid("order.wished-past", "wishedOn", ("on", wished), ("today", today)));
        if (input.Lines.Count is 0 or > MostLines) problems.Add(Problem.Invalid("order.how-many-lines", "lines", ("count", input.Lines.Count), ("max", MostLines)));
        foreach (var (line, at) in input.Lines.Take(MostLines).Select((l, at) => (l, at))) CheckLine(problems, line, $"lines[{at}].");
        return problems;
    }

    /// <summary>Adds a problem for a text that cannot be kept; lengths in characters.</summary>
    public static string Text(List<Problem> problems, string? text, string field, int max, bool required = false)
    {
        var kept = text?.Trim() ?? string.Empty;
        var length = kept.EnumerateRunes().Count();
        if (kept.Contains('\0', StringComparison.Ordinal)) problems.Add(Problem.Invalid("request.nul", field));
        if (required && length == 0) problems.Add(Problem.Invalid("order.text-missing", field));
        if (length > max) problems.Add(Problem.Invalid("order.text-too-long", field, ("max", max), ("length", length)));
        return kept;
    }

    private static void CheckLine(List<Problem> problems, OrderLineInput line, string at)
    {
        if (line.TestItemId is null) Text(problems, line.Method, at + "method", 200, required: true);
        if (line.Samples is null or < 1 or > MostSamples) problems.Add(Problem.Invalid("order.samples", at + "samples", ("value", line.Samples), ("max", MostSamples)));
        Text(problems, line.Description, at + "description", 500, required: true);
        Text(problems, line.Handling, at + "handling", 500);
        if (!Word.TryParse<SampleForm>(line.Form, out _)) problems.Add(Problem.Invalid("order.form", at + "form", ("value", line.Form), ("known", string.Join(", ", Word.All<SampleForm>()))));
        foreach (var hazard in line.Hazards ?? [])
            if (!Word.TryParse<SampleHazard>(hazard, out _)) problems.Add(Problem.Invalid("order.hazard", at + "hazards", ("value", hazard), ("known", string.Join(", ", Word.All<SampleHazard>()))));
    }
}

/// <summary>An order as its customer writes it.</summary>
/// <param name="InstrumentId">Where it is ordered; null for items of an institution.</param>
public sealed record OrderInput(
    Guid? InstrumentId = null, Guid? InstitutionId = null, string? Customer = null, Guid? GroupId = null, string? Purpose = null, string? Note = null, LocalDate? WishedOn = null, IReadOnlyList<OrderLineInput>? Lines = null)
{
    public IReadOnlyList<OrderLineInput> Lines { get; } = Lines ?? [];
}

/// <param name="Method">What is wanted, where no test item is named.</param>
public sealed record OrderLineInput(
    Guid? TestItemId = null, string? Method = null, int? Samples = null, string? Description = null, string? Form = null, IReadOnlyList<string>? Hazards = null, string? Handling = null, bool WantsReturn = false);
