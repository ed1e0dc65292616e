"""What any business says on an ordinary day: sentences that no rule about meaning is after.

They stand beside each rule's own counter-examples, so that a rule knows not only what is nearly wrong, but also
what has nothing to do with it.
"""

from __future__ import annotations

_TEXT = """
Good morning everybody, the doors are open.
We are open from nine to five today.
We close at noon on Monday because of the holiday.
Fresh bread is out of the oven.
The new menu starts on Tuesday.
Our new collection is in the shop from today.
Look what arrived this morning.
Have a lovely day!
Happy birthday to our head chef Tom.
Happy New Year from all of us.
Merry Christmas to you and yours.
See you on Friday!
See you soon!
What a night, thanks to everybody who came.
Thank you!
Thanks a lot for your message.
Thanks for letting us know.
Thanks for the tag.
Thanks for your patience.
Thank you for your comments.
You are very welcome.
Glad we could help.
Happy to hear that it works again.
No worries at all.
So glad that you enjoyed it.
That sounds delicious.
What a great photo!
Haha, good one!
Congratulations to the winners.
Congratulations on your award, well deserved.
Well done to the under-nines on their win.
Sorry about the wait.
Sorry to hear that.
We are so sorry about this.
We apologise for the delay.
That is not what we want for our guests.
That must have been annoying.
I am Jo, the manager.
I will speak to the team today.
We'd like to put it right.
This is our fault.
You are right, we made a mistake.
Please send us a direct message so that we can help.
Please send us your order number in a private message.
Send us a DM and we will take a look.
We have replied to your message.
We have sent you a message.
Could you tell us what happened?
Could you tell us more about the problem?
What does the error message say?
Which device are you using?
Which version of the app do you have?
Which branch did you visit?
When did it start?
Does it happen with other browsers as well?
Have you tried to restart it?
Please try to clear the cache and sign in again.
Update to the newest version and try again.
Here are the steps to reset your password.
You will find the answer on this page.
This article explains how it works.
Please see our help page for more information.
You can change that in the settings.
You can submit a ticket on our support page.
We are happy to look into that.
We are looking into it and will post news here.
Our engineers are working on it.
I have passed this on to the kitchen.
Let us know how it goes.
Let us know if it happens again.
Let us know and we will go from there.
We are here to help.
Keep us posted.
Hope this helps!
Hello and welcome.
Hi there, thanks for reaching out.
The shop is closed for stocktaking.
The car park is behind the church.
The lift is out of order today.
The next train leaves at six.
Delivery is available in the whole city.
Orders before noon leave the same day.
Shipping takes three to five days.
The sale starts on Saturday, with many things at half price.
Ten percent off all lamps on our website this week.
Two for one on Tuesdays.
Kids eat for half the price on Sundays.
Gift cards are at the counter.
Book your table on our website, the link is in our profile.
Tickets are on sale now.
The workshop is sold out, the next one is in May.
Sign up for the newsletter to hear about new dates.
Join us for the tasting on Friday.
Come in and try it.
Come and say hello at our stand.
Bring your friends.
Bring an umbrella, it is raining.
We are hiring a barista, apply on our site.
Meet Anna, who joined the team this week.
Our team went for a run along the river.
Our apprentices passed their exams.
Somebody on the team locked the keys in the van.
Our baker starts at three in the morning.
The recipe comes from my grandmother.
We have baked here since 1950.
Our flour comes from a mill in the valley.
Our coffee is roasted round the corner.
Every loaf is made by hand.
It takes two days to make this dough.
The secret is in the butter.
The cake is vegan and has no nuts.
The soup of the day is tomato.
Coffee first, then everything else.
Which one is your favourite?
Sweet or savoury?
Tell us in the comments what you would name it.
Guess what we are building here.
What are you up to this weekend?
Who remembers this?
Sunday mood.
What a sunset.
Spring is here.
It is hot outside, stay cool.
Snow day!
The dog days are over.
Our cat has found a new favourite spot.
We love our town.
The market square looks beautiful today.
Go and see the exhibition at the museum.
Our neighbours at the bookshop turn ten today.
The street festival is on Saturday.
We planted a hundred trees.
We raised five hundred dollars for the animal shelter.
Thank you to the fire brigade for being quick last night.
The council has fixed the street lamps.
Version three of our app is out.
The update brings dark mode.
The service is back up, thank you for waiting.
The outage began at nine this morning.
Scheduled maintenance is on Sunday night.
Please restart the machine after the update.
Our warranty lasts two years.
Our returns policy is on the website.
Members can bring a guest on Mondays.
Your membership renews in May.
Your appointment is at ten.
Your order has been received.
Your parcel is at the depot.
Please keep your receipt.
Please read the label, it contains nuts.
Please be careful on the stairs.
Please do not feed the ducks.
Dogs are welcome.
Masks are no longer needed.
Parking is free after six.
Our phones are busy right now.
This e-mail is not from us, please delete it.
Never share your password with anybody.
We only use your data to send the parcel.
Photos by Maria.
Watch the film about how we make it.
Read the story on our blog.
Our podcast is out, with a chat about bees.
We were in the local paper this morning.
The show starts at eight.
Doors open at seven.
One more sleep!
Three days to go.
Last day of the exhibition.
We moved to number twelve on the same street.
The price of eggs has gone up, so our cakes cost a little more.
We respectfully see this differently.
We cannot comment on that.
Not yet, but it is on our list.
Yes, we do.
No, sadly not.
Of course, any time.
Maybe next year.
Good question!
Fingers crossed!
Enjoy!
Safe travels!
Get well soon!
Thanks for reaching out, we can help with that.
Thanks for the screenshot.
Thanks for the details.
We're here for you.
Happy to help.
Glad to take a look at this with you.
That's not what we like to hear.
We definitely want this to work as it should.
Having it work well is important to us too.
We want your internet to run smoothly.
Give it a try and keep us posted.
Please give this a go.
Try these steps and tell us if anything changes.
These steps may help.
Check out this article for the next steps.
This guide explains how to secure your device.
More information is on this page.
You can read more about it in our help centre.
Would this help page be of any use?
Please see the answer at the top of the thread.
Please follow the steps in this article.
Please open a support ticket so that we can assist you.
Please create a ticket on our support site.
Submit a request through the form and an agent will answer.
Select the chat button in the lower corner of the page.
Our chat team is available around the clock.
You can reach our account experts by phone or chat.
Reach out to our billing team here.
Contact the manufacturer for help with the hardware.
Contact your carrier directly with this link.
We recommend speaking to an adviser about it.
To report abuse, please use the page for reports.
If you have found a site that breaks our terms, please report it.
We're reviewing listings that break the rules.
We take the safety of our customers seriously.
The safety of our guests and staff comes first.
You can send suggestions through the menu of the app.
You can vote for the idea on our community board.
This sounds like a great suggestion.
The team would like to hear your idea, please submit it as a request.
I'd like to pass your comments to the right team.
I have passed the information to our experts.
We'll pass it on.
We appreciate your comments and have made the team aware.
Have you already contacted us here?
Have you already tried to recover your account?
Did you get any message after that?
Did you download the update from the store?
Were you able to sign in?
Were you trying to subscribe to the family plan?
Does the application freeze when you import a file?
Are you completing the transfer by cable?
Is this happening on all of your devices?
Which operating system are you running?
What make and model is your device?
What happens when you try to open it?
Could you share a video recording of the problem?
Could you send over the exact wording of the error?
Could you confirm the carrier of the package?
Would you please clarify the issue that you are having?
Can you please try the recommendations in this article?
To start, which version are you on?
Can you tell us where the branch is?
Can you tell us the title of the film?
Please share a few more details about what is going on.
Please tell us which platform you are playing on.
Let us know which episode is affected.
Without sharing account details, can you describe the problem?
Congratulations on your new phone!
Congrats on the new tablet.
We know that you want to start using it right away.
You can use free music and sound effects in your videos.
You can mark files so that they are there without internet.
You can submit your music to our editors.
You can view or print the invoice in your account.
You can add the shared folder to your own folders.
You need to sign in to the right account first.
Only the owner of the folder can change that.
Only the primary account can do this.
You can change your name after thirty days.
Unfortunately we cannot restore a deleted account.
We are unable to make exceptions to the waiting time.
We cannot help with account recovery in this forum.
It is not possible to turn this on by default.
This feature is not available in your country.
The deals depend on the day and the season.
Benefits differ from country to country.
The probability of that is very small.
This is a normal part of how the counter works.
Views are checked to make sure that they are real.
It is hard to stop spam once it has started.
The restriction is lifted after a day.
Any attempt starts a new waiting time.
The hold falls off your statement according to the rules of your bank.
If you already have money in the wallet, you can use it.
You will be asked to choose a payment method.
You'll want to keep the battery half charged.
The charger needs to sit firmly.
A faster connection is needed for the highest quality.
Streaming needs more data in the evening.
The servers are being restarted.
Our lines are busier than usual at the moment.
It may take a little longer than usual.
Branches are open on Saturdays.
Your branch can take rolled coins.
The airport is working at limited capacity.
We look forward to welcoming you on board.
You can check the status of your flight here.
They will be able to help you get back into your account.
Our specialists can look at the account with you.
We'd like to work with you in a private message.
Meet us in a private message and we will go from there.
If you need anything else, we are only a message away.
If you need us in the future, we've got you covered.
Give us a shout if you need anything else.
We'll be here.
We'll keep an eye out for your reply.
We'll look out for your response.
The experts will reply here as soon as they are available.
We're always testing things to make the app better.
We'd love to have all of these songs available.
There is more about content and licences on this page.
You can see the terms on our website.
What are you in the mood for?
I recommend having a look at this blog with tips.
These tips add an extra layer of security.
I am sorry that you are having issues.
I am sorry for the inconvenience.
We hate to see you go, here is how to cancel.
Take care and stay safe.
Hope to see you on board soon.
We respect the work that you are doing in these times.
Please delete the post, since it has your address in it.
The e-mail is a fraud, do not reply to it.
Your data is kept for a month.
A review of the settings shows that no address is listed.
The agent will verify your account by phone.
"""
#: Sentences of every trade and mood, none of which a rule about meaning should find.
ORDINARY: tuple[str, ...] = tuple(line for line in _TEXT.splitlines() if line)
