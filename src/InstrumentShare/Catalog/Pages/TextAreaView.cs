using InstrumentShare.Kernel;

namespace InstrumentShare.Catalog.Pages;

/// <summary>A text of several lines in a form, with its problems beside it.</summary>
public sealed record TextAreaView(string Name, string Label, string? Value, int Max, IReadOnlyList<Problem> Problems);

/// <summary>A box to tick, with a hidden field that tells that it was on the form.</summary>
public sealed record TickView(string Name, string Label, bool IsTicked, string? Hint = null);
