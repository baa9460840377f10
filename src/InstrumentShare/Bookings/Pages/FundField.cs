using InstrumentShare.Kernel;

namespace InstrumentShare.Bookings.Pages;

/// <summary>A form's choice of what pays; it begins with the group's default where a fund is demanded.</summary>
public sealed record FundField(FundChoices Choices, string? Chosen, IReadOnlyList<Problem> Problems)
{
    public string? Value => Chosen ?? (Choices.AreDemanded ? Choices.Funds.FirstOrDefault(f => f.IsDefault)?.Id.ToString() : null);

    /// <summary>What was chosen; nothing where the form offered nothing or was not filled.</summary>
    public static Guid? Read(string? chosen) => Guid.TryParse(chosen, out var id) ? id : null;
}
