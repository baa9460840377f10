using InstrumentShare.Access;
using InstrumentShare.Access.Accounts;
using InstrumentShare.Bookings.AccessNotes;
using InstrumentShare.Bookings.Approvals;
using InstrumentShare.Bookings.Calendars;
using InstrumentShare.Bookings.Cancellations;
using InstrumentShare.Bookings.Classes;
using InstrumentShare.Bookings.Classes.Pages;
using InstrumentShare.Bookings.Companions;
using InstrumentShare.Bookings.HouseRules;
using InstrumentShare.Bookings.Notices;
using InstrumentShare.Bookings.Qualifications;
using InstrumentShare.Bookings.Rules;
using InstrumentShare.Bookings.Series;
using InstrumentShare.Bookings.Standby;
using InstrumentShare.Bookings.Technicians;
using InstrumentShare.Catalog;
using InstrumentShare.Notifications;
using InstrumentShare.Persistence;
using Quartz;

namespace InstrumentShare.Bookings;

public sealed class BookingsModule : Module
{
    public override IEnumerable<Permission> Permissions => [.. BookingPermissions.All, .. QualificationPermissions.All, .. ClassPermissions.All, .. HouseRulePermissions.All, .. TechnicianPermissions.All, .. CompanionPermissions.All];

    public override IEnumerable<MenuEntry> Menu =>
    [
        new("menu.my-bookings", "/bookings", "menu.work", 20, BookingPermissions.Create, "calendar"),
        new("menu.standby", "/standby", "menu.work", 22, BookingPermissions.Create, "list-check"),
        new("menu.calendar", "/calendar", "menu.work", 21, BookingPermissions.Read, "calendar-time"),
        new("menu.calendar-feeds", "/account/calendar-feeds", "menu.account", 35, AccessPermissions.OwnAccount, "calendar-event"),
        new("menu.my-qualifications", "/my/qualifications", "menu.work", 40, QualificationPermissions.Own, "school"),
        new("menu.qualifications", "/manage/qualifications", "menu.manage", 50, QualificationPermissions.View, "file-certificate"),
        new("menu.my-house-rules", "/my/house-rules", "menu.work", 42, HouseRulePermissions.Own, "file-text"),
        new("menu.house-rules", "/manage/house-rules", "menu.manage", 52, HouseRulePermissions.View, "file-text"),
        new("menu.technician-time", "/technicians/time", "menu.manage", 15, TechnicianPermissions.Calendar, "calendar-time"),
        new("menu.rooms", "/manage/rooms", "menu.manage", 53, CompanionPermissions.ViewRooms, "building"),
        new("menu.training", "/manage/training", "menu.manage", 55, QualificationPermissions.View, "school"),
        new("menu.classes", "/classes", "menu.manage", 57, ClassPermissions.View, "school"),
        new("menu.requests", "/manage/requests", "menu.manage", 20, BookingPermissions.Decide, "checklist"),
        new("menu.rules", "/manage/rules", "menu.manage", 35, CatalogPermissions.ReadRules, "adjustments"),
    ];

    public override IEnumerable<HomePart> HomeParts =>
    [
        new(typeof(Home.OpenOffers), 5, BookingPermissions.Create),
        new(typeof(Home.ComingBookings), 10, BookingPermissions.Create),
        new(typeof(Home.WaitingRequests), 20, BookingPermissions.Decide),
    ];

    public override IEnumerable<MailKind> MailKinds =>
    [
        new("booking.requested", MayBeOff: true), new("booking.confirmed", MayBeOff: true), new("booking.rescheduled", MayBeOff: false), new("booking.cancelled", MayBeOff: false),
        new("booking.rejected", MayBeOff: false), new("booking.expired", MayBeOff: false), new(NoticeRules.Reminder, MayBeOff: true), new(NoticeRules.Ending, MayBeOff: true, IsHurried: true),
        new("certificate.issued", MayBeOff: true), new("certificate.revoked", MayBeOff: false), new("certificate.expires", MayBeOff: false), new("training.cancelled", MayBeOff: false), new("training.moved", MayBeOff: false),
        new(NoticeRules.ToDecide, MayBeOff: true), new(NoticeRules.StillToDecide, MayBeOff: true), new("booking-series.created", MayBeOff: true), new("booking-series.changed", MayBeOff: false),
        new("booking-series.cancelled", MayBeOff: false), new("booking-series.confirmed", MayBeOff: true), new("booking-series.rejected", MayBeOff: false), .. StandbyServices.MailKinds,
    ];

    public override void AddServices(IServiceCollection services, IConfiguration configuration)
    {
        services.Configure<BookingOptions>(configuration.GetSection(BookingOptions.Section));
        services.AddScoped<CheckBooking>().AddScoped<RuleRehearsal>().AddScoped<RuleBook>();
        services.AddScoped<JudgeDates>().AddScoped<BookDates>().AddScoped<BookSeries>().AddScoped<AddSeriesDates>().AddScoped<SeriesQueries>()
            .AddScoped<SeriesChange>().AddScoped<MoveSeries>().AddScoped<CancelSeries>().AddScoped<DecideSeries>();
        services.AddScoped<BookingGates>().AddScoped<JudgeBooking>().AddScoped<PreviewBooking>().AddScoped<BookInstrument>().AddScoped<BookingChange>().AddScoped<RescheduleBooking>().AddScoped<ExtendBooking>().AddScoped<CancelBooking>().AddScoped<QuoteLateCancellation>()
            .AddScoped<DecideBooking>().AddScoped<ChangeDelegates>().AddScoped<JudgeStanding>();
        services.AddScoped<BookingQueries>().AddScoped<CalendarQuery>().AddScoped<FreeForCaller>().AddScoped<Calendar.InstrumentChoice>();
        services.AddScoped<ChangeFeeds>().AddScoped<FeedQueries>().AddScoped<FeedEvents>().AddScoped<ReadFeed>().AddScoped<IPersonalDataSource, FeedQueries>();
        services.AddScoped<InstrumentShare.Catalog.IStandingBookings, StandingBookings>();
        QualificationServices.Add(services);
        services.AddScoped<PlanClass>().AddScoped<ClassQueries>().AddScoped<IBookingMarks, ClassQueries>().AddSingleton(new BookingPart(typeof(ClassOfBooking)));
        HouseRuleServices.Add(services);
        AccessNoteServices.Add(services);
        StandbyServices.Add(services, configuration);
        services.AddSingleton<CompanionNeedsQuery>().AddScoped<Companions.Companions>().AddScoped<TechnicianQueries>().AddScoped<ChangeTechnicianTime>().AddScoped<ReassignTechnician>()
            .AddScoped<CompanionQueries>().AddScoped<ChangeLinks>().AddScoped<SaveRoom>().AddSingleton(new BookingPart(typeof(CompanionsOfBooking))).AddSingleton(new InstrumentTab("manage.tab.links", "links", 45));
        services.AddSingleton<Calendar.CalendarChanges>().AddHostedService(s => s.GetRequiredService<Calendar.CalendarChanges>());
        services.AddSingleton<ExpireUnconfirmedBookings>().AddSingleton<CompletePastBookings>().AddSingleton<ActOnDeadlines>();
        services.AddSingleton<NoticeWriter>().AddSingleton<RemindOfBookings>().AddSingleton<TellDeciders>().AddSingleton<IMailFacts, BookingMailFacts>();
    }

    public override void AddJobs(IQuartzBuilder quartz)
    {
        quartz.Every<ExpireUnconfirmedBookingsJob>(TimeSpan.FromMinutes(1));
        quartz.Every<CompletePastBookingsJob>(TimeSpan.FromMinutes(5));
        quartz.Every<RemindOfExpiryJob>(TimeSpan.FromHours(1));
        quartz.Every<ActOnDeadlinesJob>(TimeSpan.FromMinutes(1));
        quartz.Every<RemindOfBookingsJob>(TimeSpan.FromMinutes(1));
        quartz.Every<TellDecidersJob>(TimeSpan.FromSeconds(30));
        quartz.Every<StandbyJob>(TimeSpan.FromSeconds(10));
        quartz.Every<FindTakeOversJob>(TimeSpan.FromMinutes(1));
    }

    public override void MapApi(RouteGroupBuilder api)
    {
        BookingApi.Map(api);
        QualificationApi.Map(api);
        TrainingApi.Map(api);
        ClassApi.Map(api);
        HouseRuleApi.Map(api);
        AccessNoteApi.Map(api);
        TechnicianApi.Map(api);
        CompanionApi.Map(api);
        CalendarsApi.Map(api);
        RulesApi.Map(api);
        DelegatesApi.Map(api);
        StandbyApi.Map(api);
    }
}
