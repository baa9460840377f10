using InstrumentShare.Access.Accounts;
using InstrumentShare.Access.ApiKeys;
using InstrumentShare.Access.Groups;
using InstrumentShare.Access.Institutions;
using InstrumentShare.Access.People;
using InstrumentShare.Access.Trail;
using InstrumentShare.Persistence;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace InstrumentShare.Access;

public sealed class AccessModule : Module
{
    /// <summary>Picks cookie, token or key by what the request carries.</summary>
    public const string AnyScheme = "Any";

    public override IEnumerable<Permission> Permissions => AccessPermissions.All;

    public override void AddServices(IServiceCollection services, IConfiguration configuration)
    {
        services.Configure<AccessOptions>(configuration.GetSection(AccessOptions.Section));
        services.AddScoped<Caller>();
        services.AddSingleton<PersonAccessQuery>();
        foreach (var service in new[]
        {
            typeof(CheckPassword), typeof(CheckSecondStep), typeof(AccountMail), typeof(SignUp), typeof(ConfirmEmail), typeof(ResetPassword),
            typeof(ChangeAccount), typeof(TwoFactor), typeof(CloseAccount), typeof(PersonalDataQuery),
            typeof(CreateApiKey), typeof(RevokeApiKey), typeof(ApiKeyQueries),
            typeof(InstitutionQueries), typeof(SaveInstitution), typeof(GrantRole), typeof(ConfirmBelonging), typeof(PeopleQueries), typeof(PersonVisibility),
            typeof(SaveGroup), typeof(ChangeMembers), typeof(GroupQueries), typeof(AuditQueries),
        }) services.AddScoped(service);
        services.AddScoped<IPersonalDataSource, AccountData>();
        services.AddScoped<IAuthorizationHandler, PermissionHandler>();
        services.AddAuthorizationBuilder().SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build());
        services.AddDataProtection().SetApplicationName("InstrumentShare");
        services.AddSingleton<IXmlRepository, DatabaseXmlRepository>();
        services.AddSingleton<IConfigureOptions<KeyManagementOptions>>(s =>
            new ConfigureOptions<KeyManagementOptions>(o => o.XmlRepository = s.GetRequiredService<IXmlRepository>()));

        var authentication = services.AddAuthentication(AnyScheme);
        authentication.AddPolicyScheme(AnyScheme, null, o => o.ForwardDefaultSelector = SchemeOf);
        authentication.AddIdentityCookies();
        authentication.AddBearerToken(IdentityConstants.BearerScheme);
        authentication.AddScheme<AuthenticationSchemeOptions, ApiKeyHandler>(ApiKeyHandler.Scheme, null);
        services.ConfigureApplicationCookie(ConfigureCookie);

        // How long a session elsewhere outlives a changed password.
        services.Configure<SecurityStampValidatorOptions>(o => o.ValidationInterval = TimeSpan.FromMinutes(1));

        services.AddIdentityCore<Person>(ConfigureIdentity)
            .AddUserStore<UserOnlyStore<Person, AppDb, Guid>>()
            .AddSignInManager()
            .AddDefaultTokenProviders();
    }

    public override IEnumerable<MenuEntry> Menu =>
    [
        new("menu.my-account", "/account", "menu.account", 10, AccessPermissions.OwnAccount, "user"),
        new("menu.api-keys", "/account/api-keys", "menu.account", 30, AccessPermissions.OwnAccount, "key"),
        new("menu.groups", "/groups", "menu.manage", 60, AccessPermissions.LeadGroup, "users-group"),
        new("menu.people", "/people", "menu.manage", 70, AccessPermissions.ReadPeople, "users"),
        new("menu.institutions", "/institutions", "menu.system", 10, AccessPermissions.ManageSystem, "building-bank"),
        new("menu.audit", "/audit", "menu.system", 20, AccessPermissions.ReadAudit, "history"),
    ];

    public override void MapApi(RouteGroupBuilder api)
    {
        AccountApi.Map(api);
        ApiKeysApi.Map(api);
        InstitutionsApi.Map(api);
        PeopleApi.Map(api);
        GroupsApi.Map(api);
        AuditApi.Map(api);
    }

    private static string SchemeOf(HttpContext context)
    {
        var header = context.Request.Headers.Authorization.ToString();
        return header.StartsWith("Bearer " + ApiKeyHandler.Start, StringComparison.Ordinal) ? ApiKeyHandler.Scheme
            : header.StartsWith("Bearer ", StringComparison.Ordinal) ? IdentityConstants.BearerScheme
            : IdentityConstants.ApplicationScheme;
    }

    private static void ConfigureCookie(Microsoft.AspNetCore.Authentication.Cookies.CookieAuthenticationOptions options)
    {
        options.Cookie.Name = "instrumentshare";
        options.Cookie.HttpOnly = true;
        options.Cookie.SameSite = SameSiteMode.Lax;
        options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        options.LoginPath = "/sign-in";
        options.AccessDeniedPath = "/forbidden";
        options.ReturnUrlParameter = "returnUrl";
        options.Events.OnRedirectToLogin = context => Answer(context, StatusCodes.Status401Unauthorized);
        options.Events.OnRedirectToAccessDenied = context => Answer(context, StatusCodes.Status403Forbidden);
    }

    // Programs get a status, people a page.
    private static Task Answer(RedirectContext<Microsoft.AspNetCore.Authentication.Cookies.CookieAuthenticationOptions> context, int status)
    {
        if (context.Request.Path.StartsWithSegments("/api", StringComparison.Ordinal)) context.Response.StatusCode = status;
        else if (status == StatusCodes.Status401Unauthorized) context.Response.Redirect(context.RedirectUri);
        else context.Response.StatusCode = status;
        return Task.CompletedTask;
    }

    private static void ConfigureIdentity(IdentityOptions options)
    {
        options.User.RequireUniqueEmail = true;
        options.SignIn.RequireConfirmedEmail = true;
        options.Password.RequiredLength = 10;
        options.Password.RequireNonAlphanumeric = false;
        options.Password.RequireUppercase = false;
        options.Password.RequireDigit = false;
        options.Password.RequiredUniqueChars = 5;
        options.Lockout.MaxFailedAccessAttempts = 5;
        options.Lockout.DefaultLockoutTimeSpan = TimeSpan.FromMinutes(15);
    }
}
