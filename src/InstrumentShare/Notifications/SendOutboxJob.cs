using Quartz;

namespace InstrumentShare.Notifications;

public sealed class SendOutboxJob(SendOutboxMessages send) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken) => await send.RunAsync(cancellationToken);
}
