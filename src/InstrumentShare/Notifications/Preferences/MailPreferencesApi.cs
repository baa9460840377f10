using InstrumentShare.Access;
using InstrumentShare.Web;

namespace InstrumentShare.Notifications.Preferences;

public static class MailPreferencesApi
{
    public sealed record Kind(string Name, MailDelivery Delivery, bool MayBeOff, bool MayWait);

    public sealed record Answer(string TimeZone, string? QuietFrom, string? QuietTo, string DigestAt, int ReminderHours, IReadOnlyList<Kind> Kinds);

    public static void Map(RouteGroupBuilder api)
    {
        var own = api.MapGroup("/account/mail-preferences").WithTags("Account");
        own.MapGet("", ShowAsync).WithName("GetMailPreferences").WithSummary("How one's mail arrives: kinds, quiet hours, digest, reminder").Produces<Answer>().RequirePermission(AccessPermissions.OwnAccount);
        own.MapPut("", ChangeAsync).WithName("ChangeMailPreferences").WithSummary("Say how one's mail should arrive").Produces<Answer>()
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status412PreconditionFailed).RequirePermission(AccessPermissions.OwnAccount);
    }

    private static async Task<IResult> ShowAsync(ChangeMailPreferences change, MailKinds kinds, HttpResponse response, CancellationToken cancel) =>
        Show(await change.MineAsync(cancel), kinds, response);

    private static async Task<IResult> ChangeAsync(ChangeMailPreferences.Request request, ChangeMailPreferences change, MailKinds kinds, HttpRequest http, ProblemAnswers answers, CancellationToken cancel)
    {
        var done = await change.RunAsync(request, http.IfMatch(), cancel);
        return done.IsOk ? Show(done.Value, kinds, http.HttpContext.Response) : answers.Of(done);
    }

    private static IResult Show(MailPreferences p, MailKinds kinds, HttpResponse response)
    {
        response.SetETag(p.Version);
        return TypedResults.Ok(new Answer(
            p.TimeZone, p.QuietFromMinute is { } from ? MailPreferenceRules.Time(from) : null, p.QuietToMinute is { } to ? MailPreferenceRules.Time(to) : null,
            MailPreferenceRules.Time(p.DigestMinute), p.ReminderHours, [.. kinds.All.Select(k => new Kind(k.Name, p.Of(k.Name), k.MayBeOff, !k.IsHurried))]));
    }
}
