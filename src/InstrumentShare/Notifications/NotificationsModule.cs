namespace InstrumentShare.Notifications;

public sealed class NotificationsModule : Module;
