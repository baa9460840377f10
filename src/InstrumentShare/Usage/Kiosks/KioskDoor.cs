using System.Globalization;
using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace InstrumentShare.Usage.Kiosks;

/// <summary>The kiosk that a request comes from.</summary>
public sealed record OpenKiosk(Guid Id, string Name, IReadOnlyList<InstrumentId> Instruments);

/// <summary>
/// Knows a kiosk's device by its cookie and the person at it by another that lasts a minute from the last tap. Nobody who happens to
/// be signed in on the device counts there.
/// </summary>
public sealed class KioskDoor(AppDb db, Caller caller, PersonAccessQuery people, PermissionCatalog permissions, IDataProtectionProvider protection, IHttpContextAccessor accessor, IClock clock)
{
    public const string Path = "/kiosk";

    private const string DeviceCookie = "instrumentshare-kiosk";
    private const string PersonCookie = "instrumentshare-kiosk-person";
    private static readonly Duration SeenEvery = Duration.FromMinutes(1);
    private readonly IDataProtector protector = protection.CreateProtector("InstrumentShare.Kiosks.Person");

    private HttpContext Http => accessor.HttpContext!;

    /// <summary>Null when the device is no kiosk, or no longer.</summary>
    public async Task<OpenKiosk?> OpenAsync(CancellationToken cancel)
    {
        caller.BecomeNobody();
        if (Http.Request.Cookies[DeviceCookie]?.Split('.') is not [var idText, var secret] || !Guid.TryParse(idText, out var id)) return null;
        var kiosk = await db.Set<Kiosk>().AsNoTracking().SingleOrDefaultAsync(k => k.Id == id && k.RevokedAt == null, cancel);
        if (!KioskSecret.Matches(secret, kiosk?.SecretHash)) return null;
        var now = clock.GetCurrentInstant();
        if (kiosk!.LastSeenAt is not { } seen || now - seen > SeenEvery) await db.Set<Kiosk>().Where(k => k.Id == id).ExecuteUpdateAsync(k => k.SetProperty(x => x.LastSeenAt, now), cancel);
        return new OpenKiosk(id, kiosk.Name, await db.Set<KioskInstrument>().Where(i => i.KioskId == id).OrderBy(i => i.InstrumentId).Select(i => i.InstrumentId).ToListAsync(cancel));
    }

    /// <summary>Lets the person at the kiosk ask, and gives them another minute. False when nobody is there, or not any more.</summary>
    public async Task<bool> PersonAsync(OpenKiosk kiosk, CancellationToken cancel)
    {
        if (Read() is not { } read || read.Kiosk != kiosk.Id || read.Until <= clock.GetCurrentInstant() || await people.OfAsync(read.Person, cancel) is not { } access) return false;
        Enter(kiosk, access);
        return true;
    }

    public void Enter(OpenKiosk kiosk, PersonAccess access)
    {
        caller.BecomeAt(new CallerDevice(kiosk.Id, kiosk.Name), access, permissions, KioskPermissions.AtKiosk);
        var until = (clock.GetCurrentInstant() + KioskRules.Inactivity).ToUnixTimeSeconds();
        Http.Response.Cookies.Append(PersonCookie, protector.Protect(string.Create(CultureInfo.InvariantCulture, $"{kiosk.Id}.{access.PersonId.Value}.{until}")), Options(null));
    }

    public void Leave() => Http.Response.Cookies.Delete(PersonCookie, Options(null));

    /// <summary>Makes this device the kiosk.</summary>
    public void Remember(Guid kiosk, string secret) => Http.Response.Cookies.Append(DeviceCookie, $"{kiosk}.{secret}", Options(TimeSpan.FromDays(400)));

    private (Guid Kiosk, PersonId Person, Instant Until)? Read()
    {
        if (Http.Request.Cookies[PersonCookie] is not { Length: > 0 } text) return null;
        try
        {
            var parts = protector.Unprotect(text).Split('.');
            return (Guid.Parse(parts[0]), new PersonId(Guid.Parse(parts[1])), Instant.FromUnixTimeSeconds(long.Parse(parts[2], CultureInfo.InvariantCulture)));
        }
        catch (System.Security.Cryptography.CryptographicException)
        {
            return null;
        }
    }

    private CookieOptions Options(TimeSpan? lasts) => new() { HttpOnly = true, SameSite = SameSiteMode.Lax, Secure = Http.Request.IsHttps, Path = Path, MaxAge = lasts, IsEssential = true };
}
