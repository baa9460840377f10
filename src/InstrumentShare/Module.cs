using InstrumentShare.Access;
using Quartz;

namespace InstrumentShare;

/// <summary>Everything a module adds to the program, declared in one place.</summary>
public abstract class Module
{
    public virtual IEnumerable<Permission> Permissions => [];

    public virtual IEnumerable<MenuEntry> Menu => [];

    /// <summary>What the module shows on the home page.</summary>
    public virtual IEnumerable<HomePart> HomeParts => [];

    /// <summary>The mail that people may arrange by their wishes; mail that no module names here always leaves at once.</summary>
    public virtual IEnumerable<MailKind> MailKinds => [];

    public virtual void AddServices(IServiceCollection services, IConfiguration configuration)
    {
    }

    /// <summary>Routes under <c>/api/v1</c>; the group already carries problem details, antiforgery for cookies and idempotency.</summary>
    public virtual void MapApi(RouteGroupBuilder api)
    {
    }

    public virtual void AddJobs(IQuartzBuilder quartz)
    {
    }
}

/// <param name="Key">Words of the entry.</param>
/// <param name="Section">Words of the heading it stands under: <c>menu.work</c>, <c>menu.manage</c>, <c>menu.office</c>, <c>menu.system</c>; <c>menu.account</c> is the reader's own menu.</param>
/// <param name="Permission">Who sees it; null for everyone.</param>
public sealed record MenuEntry(string Key, string Path, string Section, int Order, string? Permission = null, string Icon = "point");

/// <summary>A part of the home page, drawn by a view component of the module; one that has nothing to say renders nothing.</summary>
/// <param name="Component">The view component's class.</param>
/// <param name="Order">0–99: what waits for the reader; from 100 on: what everyone sees.</param>
/// <param name="Permission">Who sees it; null for everyone.</param>
public sealed record HomePart(Type Component, int Order, string? Permission = null);

/// <param name="Name">The template's name, such as <c>booking.confirmed</c>; its words for people are at <c>mailKind.&lt;name&gt;</c>.</param>
/// <param name="MayBeOff">False for what people must hear of, since it may cost them their time or money.</param>
/// <param name="IsHurried">Worth nothing later: never waits for the digest or the end of quiet hours.</param>
public sealed record MailKind(string Name, bool MayBeOff, bool IsHurried = false);
