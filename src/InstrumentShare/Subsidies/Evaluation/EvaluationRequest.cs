using System.Text.Json;

namespace InstrumentShare.Subsidies.Evaluation;

/// <summary>Facts that a caller brings to be evaluated; nothing of it is stored.</summary>
/// <param name="From">First accrual day, <c>YYYY-MM-DD</c>.</param>
/// <param name="To">Last accrual day, included.</param>
/// <param name="Budget">Yuan, as text.</param>
public sealed record EvaluationRequest(string? PolicyId, string? From, string? To, string? Budget, FactsInput? Facts);

/// <summary>The lists; one that is absent is empty.</summary>
public sealed record FactsInput(
    IReadOnlyList<ServiceInput?>? Services,
    IReadOnlyList<InstrumentInput?>? Instruments,
    IReadOnlyList<InstitutionInput?>? Institutions,
    IReadOnlyList<UserInput?>? Users);

public sealed record ServiceInput(
    string? Id,
    string? InstitutionId,
    string? UserId,
    string? InstrumentId,
    string? Amount,
    JsonElement? MachineHours,
    string? ServedOn,
    string? InvoicedOn,
    string? InvoiceNumber,
    string? ClaimId,
    IReadOnlyList<string?>? Tags,
    IReadOnlyList<string?>? Evidence);

public sealed record InstrumentInput(
    string? Id,
    string? InstitutionId,
    string? OriginalValue,
    bool? IsSet,
    string? Funding,
    string? EnrolledOn,
    string? AcceptedOn);

public sealed record InstitutionInput(string? Id, string? Region, string? Grade, IReadOnlyList<string?>? Tags);

public sealed record UserInput(string? Id, string? Kind, string? Region, IReadOnlyList<string?>? Tags);
