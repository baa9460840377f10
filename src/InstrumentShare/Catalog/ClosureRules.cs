using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using NodaTime;

namespace InstrumentShare.Catalog;

/// <summary>What a closure must be: titled, not over yet, and at most three years long.</summary>
public static class ClosureRules
{
    public static List<Problem> Check(string? kind, Instant? startsAt, Instant? endsAt, string? title, Instant now)
    {
        var problems = new List<Problem>();
        if (kind is not null && !Word.TryParse<ClosureKind>(kind, out _))
            problems.Add(Problem.Invalid("instrument.unknown-word", "kind", ("value", kind), ("known", string.Join(", ", Word.All<ClosureKind>()))));
        if (string.IsNullOrWhiteSpace(title)) problems.Add(Problem.Invalid("instrument.required", "title"));
        else if (title.Contains('\0', StringComparison.Ordinal)) problems.Add(Problem.Invalid("request.nul", "title"));
        else if (title.Trim().EnumerateRunes().Count() is var length and > ChangeClosures.MaxTitle) problems.Add(Problem.Invalid("instrument.too-long", "title", ("max", ChangeClosures.MaxTitle), ("length", length)));
        if (startsAt is null) problems.Add(Problem.Invalid("instrument.required", "startsAt"));
        if (endsAt is null) problems.Add(Problem.Invalid("instrument.required", "endsAt"));
        if (startsAt is not { } start || endsAt is not { } end) return problems;
        if (end <= start) problems.Add(Problem.Invalid("closure.ends-before-start", "endsAt", ("startsAt", start), ("endsAt", end)));
        else if (end - start > Duration.FromDays(ChangeClosures.MaxDays)) problems.Add(Problem.Invalid("closure.too-long", "endsAt", ("days", ChangeClosures.MaxDays)));
        else if (end <= now) problems.Add(Problem.Refused("closure.over", "endsAt", ("endsAt", end)));
        return problems;
    }
}
