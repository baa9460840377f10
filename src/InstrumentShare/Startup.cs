using System.Globalization;
using InstrumentShare.Access;
using InstrumentShare.Persistence;
using InstrumentShare.Web;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.Localization;
using Microsoft.AspNetCore.Mvc.Razor;
using Microsoft.EntityFrameworkCore;
using NodaTime;
using Npgsql;
using Quartz;

namespace InstrumentShare;

/// <summary>How the program is put together: services, the request pipeline, data at start.</summary>
public static class Startup
{
    public const string ConnectionName = "InstrumentShare";

    /// <summary>Starts the embedded server when no connection string is given; null otherwise.</summary>
    public static async Task<EmbeddedPostgres?> StartEmbeddedPostgresAsync(this WebApplicationBuilder builder)
    {
        if (!string.IsNullOrEmpty(builder.Configuration.GetConnectionString(ConnectionName))) return null;
        var options = builder.Configuration.GetSection(PostgresOptions.Section).Get<PostgresOptions>() ?? new PostgresOptions();
        var server = await EmbeddedPostgres.StartAsync(options);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            [$"ConnectionStrings:{ConnectionName}"] = server.ConnectionString,
            ["Postgres:DataFolder"] = server.Folder,
            ["Demo:Enabled"] = builder.Configuration["Demo:Enabled"] ?? "true",
        });
        return server;
    }

    public static void AddInstrumentShare(this WebApplicationBuilder builder)
    {
        var (services, configuration) = (builder.Services, builder.Configuration);
        var web = configuration.GetSection(WebOptions.Section).Get<WebOptions>() ?? new WebOptions();
        if (configuration["PORT"] is { Length: > 0 } port) builder.WebHost.UseUrls($"http://localhost:{port}");
        else if (configuration["urls"] is null && configuration["http_ports"] is null) builder.WebHost.UseUrls("http://localhost:5080");
        builder.WebHost.UseStaticWebAssets();
        builder.WebHost.ConfigureKestrel(k => (k.AddServerHeader, k.Limits.MaxRequestBodySize) = (false, web.MaxRequestMebibytes * 1024L * 1024L));

        AddPersistence(services, configuration);
        AddWeb(services, web);
        services.Configure<WebOptions>(configuration.GetSection(WebOptions.Section));
        services.AddSingleton<IClock>(SystemClock.Instance);
        services.AddSingleton(new PermissionCatalog(Modules.All.SelectMany(m => m.Permissions)));
        foreach (var module in Modules.All) module.AddServices(services, configuration);
    }

    public static void UseInstrumentShare(this WebApplication app)
    {
        var web = app.Services.GetRequiredService<Microsoft.Extensions.Options.IOptions<WebOptions>>().Value;
        if (web.BehindProxy) app.UseForwardedHeaders(new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.All });
        app.UseSecurityHeaders();
        app.UseRequestLocalization();
        app.UseExceptionHandler("/error");
        app.UseStatusCodePages(ErrorHandler.FillEmptyAnswerAsync);
        app.UseRouting();
        app.UseRateLimiter();
        app.UseAuthentication();
        app.UseMiddleware<CallerMiddleware>();
        app.UseAuthorization();

        app.MapStaticAssets().Public();
        app.MapRazorPages().WithStaticAssets();
        app.MapOpenApi().Public();
        app.MapFallback("{**path}", () => Results.NotFound()).Public();
        app.MapHealthChecks("/health/live", new() { Predicate = _ => false }).Public();
        app.MapHealthChecks("/health/ready").Public();
        var api = app.MapGroup("/api/v1").AddEndpointFilterFactory((_, next) => context =>
            ActivatorUtilities.CreateInstance<CookieAntiforgery>(context.HttpContext.RequestServices).InvokeAsync(context, next));
        foreach (var module in Modules.All) module.MapApi(api);
    }

    /// <summary>Migrates, loads what the demo needs, and says where the program is.</summary>
    public static async Task PrepareDataAsync(this WebApplication app)
    {
        var direct = app.Configuration["Postgres:MigrationConnection"] is { Length: > 0 } connection ? connection : app.Configuration.GetConnectionString(ConnectionName)!;
        await Migrator.MigrateAsync(direct);
        await using (var scope = app.Services.CreateAsyncScope())
            foreach (var loader in scope.ServiceProvider.GetServices<IStartupLoader>()) await loader.LoadAsync(CancellationToken.None);
        app.Lifetime.ApplicationStarted.Register(() => Console.WriteLine($"InstrumentShare is ready: {app.Urls.First()}"));
    }

    private static void AddPersistence(IServiceCollection services, ConfigurationManager configuration)
    {
        services.Configure<PostgresOptions>(configuration.GetSection(PostgresOptions.Section));
        services.AddSingleton(s => Pool(s, Prepared(configuration.GetConnectionString(ConnectionName)!)));
        services.AddKeyedSingleton(Databases.KeptPlans, (s, _) => Pool(s, KeepingPlans(configuration.GetConnectionString(ConnectionName)!)));
        services.AddPooledDbContextFactory<AppDb>((s, o) => o.UseNpgsql(s.GetRequiredService<NpgsqlDataSource>()));
        services.AddScoped(s => s.GetRequiredService<IDbContextFactory<AppDb>>().CreateDbContext());
        services.AddScoped<EventPublisher>();
        services.AddHealthChecks().AddCheck<DatabaseHealth>("database");
        services.Configure<JobsOptions>(configuration.GetSection(JobsOptions.Section));
        var jobs = configuration.GetSection(JobsOptions.Section).Get<JobsOptions>() ?? new JobsOptions();
        if (jobs.Enabled) services.AddQuartzHostedService(o => o.WaitForJobsToComplete = true);
        services.AddQuartz(quartz =>
        {
            JobStore.Configure(quartz, configuration.GetConnectionString(ConnectionName)!, jobs);
            foreach (var module in Modules.All) module.AddJobs(quartz);
        });
    }

    // Statements that come again are prepared on their connection, unless the connection string says otherwise (a pooler may not
    // carry prepared statements). Nothing here leaves state on a session, so a connection is not cleared between uses.
    private static NpgsqlConnectionStringBuilder Prepared(string connection)
    {
        var builder = new NpgsqlConnectionStringBuilder(connection) { NoResetOnClose = true };
        if (!SaysPrepare(connection)) (builder.MaxAutoPrepare, builder.AutoPrepareMinUsages) = (64, 2);
        return builder;
    }

    private static NpgsqlConnectionStringBuilder KeepingPlans(string connection)
    {
        var builder = Prepared(connection);
        if (!SaysPrepare(connection)) builder.Options = $"{builder.Options} -c plan_cache_mode=force_generic_plan".TrimStart();
        return builder;
    }

    private static NpgsqlDataSource Pool(IServiceProvider services, NpgsqlConnectionStringBuilder connection) =>
        new NpgsqlDataSourceBuilder(connection.ConnectionString).UseLoggerFactory(services.GetRequiredService<ILoggerFactory>()).Build();

    private static bool SaysPrepare(string connection) => connection.Contains("Auto Prepare", StringComparison.OrdinalIgnoreCase);

    private static void AddWeb(IServiceCollection services, WebOptions web)
    {
        services.AddSingleton(System.Text.Encodings.Web.HtmlEncoder.Create(System.Text.Unicode.UnicodeRanges.All));
        services.AddMemoryCache();
        services.AddHttpContextAccessor();
        services.AddSingleton<WordCatalog>();
        services.AddSingleton<PublicAddress>();
        services.AddScoped(s => new Words(s.GetRequiredService<WordCatalog>(), WordCatalog.LanguageOf(CultureInfo.CurrentUICulture)));
        services.AddScoped<ProblemAnswers>();
        services.AddExceptionHandler<ErrorHandler>();
        services.AddSingleton(new Telemetry(web.TelemetryEndpoint));
        services.AddRateLimiter(o => RateLimits.Configure(o, web));
        services.ConfigureHttpJsonOptions(o => Json.Apply(o.SerializerOptions));
        services.Configure<RouteHandlerOptions>(o => o.ThrowOnBadRequest = true);
        services.AddOpenApi(OpenApi.Configure);
        services.AddAntiforgery(o => o.HeaderName = "RequestVerificationToken");
        services.AddRazorPages(o => o.RootDirectory = "/");
        services.Configure<RazorViewEngineOptions>(o => o.PageViewLocationFormats.Add("/Web/Shared/{0}.cshtml"));
        services.Configure<RequestLocalizationOptions>(o =>
        {
            o.SetDefaultCulture("zh-CN").AddSupportedCultures(WordCatalog.Languages).AddSupportedUICultures(WordCatalog.Languages);
            o.RequestCultureProviders = [new CookieRequestCultureProvider { CookieName = "language" }, new AcceptLanguageHeaderRequestCultureProvider()];
        });
    }
}
