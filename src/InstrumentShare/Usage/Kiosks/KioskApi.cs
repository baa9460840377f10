using InstrumentShare.Access;
using InstrumentShare.Kernel;
using InstrumentShare.Web;
using NodaTime;

namespace InstrumentShare.Usage.Kiosks;

/// <summary>Tablets, cards and PINs over HTTP. What people do at a tablet, programs do as themselves.</summary>
public static class KioskApi
{
    public sealed record KioskRequest(string? Name, IReadOnlyList<Guid>? InstrumentIds);

    public sealed record RevokeRequest(string? Reason);

    public sealed record BadgeRequest(string? Number);

    public sealed record BadgeOfRequest(string? Email, Guid? InstitutionId, string? Number);

    public sealed record PinRequest(string? Pin);

    /// <param name="Code">Shown this once.</param>
    public sealed record CodeAnswer(Guid Id, string Name, string Code, string Address, Instant? CodeExpiresAt);

    public static void Map(RouteGroupBuilder api)
    {
        var kiosks = api.MapGroup("/kiosks").WithTags("Kiosks");
        kiosks.MapGet("/", ListAsync).WithName("ListKiosks").WithSummary("Tablets of the instruments one manages, with when each was last seen").RequirePermission(KioskPermissions.Kiosks);
        kiosks.MapPost("/", RegisterAsync).WithName("RegisterKiosk").WithSummary("Register a tablet for instruments; the one-time code is shown this once").RequirePermission(KioskPermissions.Kiosks);
        kiosks.MapPost("/{id:guid}/code", CodeAsync).WithName("NewKioskCode").WithSummary("A new one-time code; the former device is none any more").RequirePermission(KioskPermissions.Kiosks);
        kiosks.MapPost("/{id:guid}/revoke", RevokeAsync).WithName("RevokeKiosk").WithSummary("End a kiosk at once, with a reason").RequirePermission(KioskPermissions.Kiosks);

        var own = api.MapGroup("/account").WithTags("Kiosks");
        own.MapGet("/badges", MineAsync).WithName("GetOwnBadges").WithSummary("One's own cards and whether there is a PIN").RequirePermission(KioskPermissions.Own);
        own.MapPut("/badge", BadgeAsync).WithName("PutOwnBadge").WithSummary("Enter one's own card at one's institution").RequirePermission(KioskPermissions.Own);
        own.MapPut("/pin", PinAsync).WithName("PutOwnPin").WithSummary("Set one's PIN, or remove it with an empty one").RequirePermission(KioskPermissions.Own);
        var badges = api.MapGroup("/badges").WithTags("Kiosks");
        badges.MapGet("/", BadgesAsync).WithName("ListBadges").WithSummary("Cards at the institutions one looks after; never their numbers").RequirePermission(KioskPermissions.Badges);
        badges.MapPut("/", BadgeOfAsync).WithName("PutBadge").WithSummary("Enter somebody's card at an institution").RequirePermission(KioskPermissions.Badges);
        badges.MapDelete("/{institution:guid}/{person:guid}", RemoveAsync).WithName("DeleteBadge").WithSummary("Remove a card: one's own, or one at an institution one looks after").RequirePermission(KioskPermissions.Own);
    }

    private static async Task<IResult> ListAsync(KioskQueries queries, CancellationToken cancel) => Results.Ok(new { items = await queries.ListAsync(cancel) });

    private static async Task<IResult> RegisterAsync(KioskRequest r, ChangeKiosks change, PublicAddress address, ProblemAnswers answers, CancellationToken cancel) =>
        Coded(await change.RegisterAsync(r.Name, r.InstrumentIds, cancel), address, answers, StatusCodes.Status201Created);

    private static async Task<IResult> CodeAsync(Guid id, ChangeKiosks change, PublicAddress address, ProblemAnswers answers, CancellationToken cancel) =>
        Coded(await change.NewCodeAsync(id, cancel), address, answers, StatusCodes.Status200OK);

    private static async Task<IResult> RevokeAsync(Guid id, RevokeRequest r, ChangeKiosks change, ProblemAnswers answers, CancellationToken cancel)
    {
        var outcome = await change.RevokeAsync(id, r.Reason, cancel);
        return outcome.IsOk ? Results.NoContent() : answers.Of(outcome);
    }

    private static async Task<IResult> MineAsync(ChangeBadges badges, CancellationToken cancel) => Results.Ok(await badges.MineAsync(cancel));

    private static async Task<IResult> BadgeAsync(BadgeRequest r, ChangeBadges badges, ProblemAnswers answers, CancellationToken cancel) => Answer(await badges.OwnAsync(r.Number, cancel), answers);

    private static async Task<IResult> PinAsync(PinRequest r, ChangeBadges badges, ProblemAnswers answers, CancellationToken cancel) => Answer(await badges.PinAsync(r.Pin, cancel), answers);

    private static async Task<IResult> BadgesAsync(ChangeBadges badges, CancellationToken cancel) => Results.Ok(new { items = await badges.ListAsync(cancel) });

    private static async Task<IResult> BadgeOfAsync(BadgeOfRequest r, ChangeBadges badges, ProblemAnswers answers, CancellationToken cancel) =>
        r.InstitutionId is { } institution ? Answer(await badges.OfAsync(r.Email, new InstitutionId(institution), r.Number, cancel), answers) : answers.Of(Problem.Invalid("badge.institution", "institutionId"));

    private static async Task<IResult> RemoveAsync(Guid institution, Guid person, ChangeBadges badges, ProblemAnswers answers, CancellationToken cancel) =>
        Answer(await badges.RemoveAsync(new PersonId(person), new InstitutionId(institution), cancel), answers);

    private static IResult Coded(Outcome<ChangeKiosks.Coded> outcome, PublicAddress address, ProblemAnswers answers, int status)
    {
        if (!outcome.IsOk) return answers.Of(outcome);
        var (kiosk, code) = outcome.Value;
        var answer = new CodeAnswer(kiosk.Id, kiosk.Name, code, $"{address.Value}{KioskDoor.Path}/enrol?code={code}", kiosk.CodeExpiresAt);
        return status == StatusCodes.Status201Created ? Results.Created($"/api/v1/kiosks/{kiosk.Id}", answer) : Results.Ok(answer);
    }

    private static IResult Answer(Outcome<Done> outcome, ProblemAnswers answers) => outcome.IsOk ? Results.NoContent() : answers.Of(outcome);
}
