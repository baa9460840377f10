using InstrumentShare.Access;
using InstrumentShare.Access.Accounts;
using InstrumentShare.Notifications.Preferences;
using InstrumentShare.Persistence;
using Microsoft.Extensions.Options;
using Quartz;

namespace InstrumentShare.Notifications;

public sealed class NotificationsModule : Module
{
    public override IEnumerable<MenuEntry> Menu =>
    [
        new("menu.mail-preferences", "/account/mail", "menu.account", 40, AccessPermissions.OwnAccount, "mail"),
        new("menu.system-mail", "/system/mail", "menu.system", 30, AccessPermissions.ManageSystem, "mail"),
    ];

    public override void AddServices(IServiceCollection services, IConfiguration configuration)
    {
        services.Configure<MailOptions>(configuration.GetSection(MailOptions.Section));
        services.AddSingleton<MailTemplates>();
        services.AddSingleton<SendOutboxMessages>();
        services.AddSingleton(new MailKinds(Modules.All.SelectMany(m => m.MailKinds)));
        services.AddSingleton<MailGate>().AddSingleton<SendDigests>();
        services.AddScoped<RetryMessage>().AddScoped<ChangeMailPreferences>().AddScoped<IPersonalDataSource, MailPreferenceData>();
        services.AddSingleton<FileMailer>();
        services.AddSingleton(MailerOf);
    }

    public override void AddJobs(IQuartzBuilder quartz)
    {
        quartz.Every<SendOutboxJob>(TimeSpan.FromSeconds(3));
        quartz.Every<SendDigestsJob>(TimeSpan.FromMinutes(1));
    }

    public override void MapApi(RouteGroupBuilder api) => MailPreferencesApi.Map(api);

    private static IMailer MailerOf(IServiceProvider services)
    {
        if (services.GetRequiredService<IOptions<MailOptions>>().Value.Host.Length == 0) return services.GetRequiredService<FileMailer>();
#if MAILKIT
        return ActivatorUtilities.CreateInstance<MailKitMailer>(services);
#else
        return ActivatorUtilities.CreateInstance<SmtpMailer>(services);
#endif
    }
}
