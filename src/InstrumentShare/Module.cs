using InstrumentShare.Access;
using Quartz;

namespace InstrumentShare;

/// <summary>Everything a module adds to the program, declared in one place.</summary>
public abstract class Module
{
    public virtual IEnumerable<Permission> Permissions => [];

    public virtual IEnumerable<MenuEntry> Menu => [];

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
/// <param name="Section">Words of the heading it stands under: <c>menu.work</c>, <c>menu.manage</c>, <c>menu.office</c>, <c>menu.system</c>.</param>
/// <param name="Permission">Who sees it; null for everyone.</param>
public sealed record MenuEntry(string Key, string Path, string Section, int Order, string? Permission = null, string Icon = "point");
